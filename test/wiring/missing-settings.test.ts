import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { parseRules, type Rules } from "../../shared/config/rules.ts";
import { readSettings } from "../../shared/config/settings.ts";
import { missingSettings } from "../../shared/wiring/missing-settings.ts";
import { rulesDeps, validText } from "../config/rules-fixture.ts";

const sampleText = readFileSync(new URL("../../rollcall.sample.yaml", import.meta.url), "utf8");
const withoutSecrets = validText
  .replace("door: direct", "door: arm")
  .replace(/baseUrl: .*/, `resourceId: ${/resourceId: (.*)/.exec(sampleText)?.[1]}`)
  .replace(/ {4}sas: .*\n/, "");
let parse: (text: string) => Rules;
beforeAll(async () => {
  const deps = await rulesDeps();
  parse = (text) => {
    const result = parseRules(text, "rollcall.yaml", deps);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.rules;
  };
});

function missing(text: string, environment: Readonly<Record<string, string>> = {}) {
  return missingSettings(parse(text), readSettings(environment));
}

const all = {
  AzureWebJobsStorage__accountName: "contosorollcall",
  ROLLCALL_KEY_VAULT_URL: "https://contoso.vault.azure.net",
  ROLLCALL_PUBLIC_BASE_URL: "https://rollcall.contoso.com",
  ROLLCALL_LINK_SECRETS: "link-signing",
};

describe("missingSettings()", () => {
  it("says what the rules need, and what for", () => {
    expect(missing(sampleText)).toEqual([
      { setting: "AzureWebJobsStorage__accountName", because: expect.stringContaining("keep their state") },
      {
        setting: "ROLLCALL_KEY_VAULT_URL",
        because:
          "the secrets that are named are read from the Key Vault: portal-validation-primary, portal-validation-secondary, apim-sas-primary, 1 more",
      },
      {
        setting: "ROLLCALL_PUBLIC_BASE_URL",
        because: expect.stringContaining("the developer portal of contoso sends"),
      },
      { setting: "ROLLCALL_LINK_SECRETS", because: expect.stringContaining("(approvals)") },
    ]);
  });

  it("says nothing of what is set, or of what no rule needs", () => {
    expect(missing(sampleText, all)).toEqual([]);
    expect(missing(withoutSecrets, { AzureWebJobsStorage__accountName: "contosorollcall" })).toEqual([]);
  });

  it("takes the addresses of storage for its account, and the local sign-in for a public address", () => {
    const services = Object.fromEntries(
      ["blob", "queue", "table"].map((name) => [
        `AzureWebJobsStorage__${name}ServiceUri`,
        `https://${name}.contoso.com`,
      ]),
    );
    const { AzureWebJobsStorage__accountName: _, ROLLCALL_PUBLIC_BASE_URL: __, ...rest } = all;

    expect(missing(sampleText, { ...rest, ...services, ROLLCALL_LOCAL_SIGN_IN: "true" })).toEqual([]);
  });

  it.each([
    [
      "a source",
      withoutSecrets.replace(/kind: csv\n/, "kind: csv\n    webhook: { form: standard, secrets: [hr-events] }\n"),
      {},
    ],
    ["a setting", withoutSecrets, { ROLLCALL_LINK_SECRETS: "link-signing" }],
  ])("wants the Key Vault for a secret that %s names, not for those that may be absent", (_, text, settings) => {
    const names = missing(text, { AzureWebJobsStorage__accountName: "contosorollcall", ...settings });

    expect(names.map(({ setting }) => setting)).toEqual(["ROLLCALL_KEY_VAULT_URL"]);
  });
});
