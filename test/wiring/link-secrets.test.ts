import { describe, expect, it } from "vitest";
import { readSettings } from "../../shared/config/settings.ts";
import { requestParts } from "../../shared/wiring/request-parts.ts";
import { createFixedClock } from "../http/fixed-clock.ts";

const settings = readSettings({
  ROLLCALL_RULES: "rollcall.yaml",
  ROLLCALL_KEY_VAULT_URL: "https://vault.contoso.com",
  ROLLCALL_LINK_SECRETS: "link-new, link-old",
  AzureWebJobsStorage__accountName: "contosostate",
});

function linkSecrets(texts: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const vault = { get: async (name: string) => texts[name] ?? "" };
  const identity = { getToken: async () => null };
  const needs = { settings, clock: createFixedClock(), identity, secrets: async () => vault };
  return requestParts(needs).linkSecrets(new AbortController().signal);
}

describe("linkSecrets()", () => {
  it("gives the texts of the secrets, as they are", async () => {
    const texts = { "link-new": "a secret that signs links\n", "link-old": "the one that signed before" };

    expect(await linkSecrets(texts)).toEqual(Object.values(texts));
  });

  it.each(["", "  \n", " ".repeat(40), "fifteen letters"])("refuses one that anybody can try: %j", async (text) => {
    await expect(linkSecrets({ "link-new": "a secret that signs links", "link-old": text })).rejects.toMatchObject({
      code: "SECRET_MALFORMED",
      message: expect.stringContaining('"link-old"'),
    });
  });
});
