import { describe, expect, it } from "vitest";
import { createSasCredential } from "../../shared/apim/credential.ts";
import { createSasToken } from "../../shared/apim/sas-token.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { Secrets } from "../../shared/ports.ts";
import { createFixedClock } from "../http/fixed-clock.ts";

const { signal } = new AbortController();
const hour = 3_600_000;

/** Key Vault in memory: `cached` is what a reading without `fresh` gives. */
function createSecrets(values: Record<string, { cached: string; fresh: string } | AppError>) {
  const reads: string[] = [];
  const secrets: Secrets = {
    async get(name, { fresh }) {
      reads.push(fresh === true ? `${name}!` : name);
      const value = values[name];
      if (value === undefined || value instanceof AppError) throw value ?? new Error("no such secret");
      return fresh === true ? value.fresh : value.cached;
    },
  };
  return { secrets, reads };
}

function same(text: string) {
  return { cached: text, fresh: text };
}

function start(values: Parameters<typeof createSecrets>[0], names: { secondaryKeySecret?: string } = {}) {
  const clock = createFixedClock();
  const { secrets, reads } = createSecrets(values);
  const credential = createSasCredential({
    secrets,
    identifier: "integration",
    primaryKeySecret: "primary",
    clock,
    ...names,
  });
  return { clock, reads, credential };
}

function header(key: string, now: number): string {
  return `SharedAccessSignature ${createSasToken({ identifier: "integration", key, expiresAt: now + hour, now })}`;
}

describe("createSasCredential", () => {
  it("makes the token from the key in Key Vault, without the line break at its end", async () => {
    const { clock, credential } = start({ primary: same("k1\n") });

    expect(await credential.authorization([], signal)).toBe(header("k1", clock.now()));
  });

  it("reads the key once for requests that start together and keeps the token for later ones", async () => {
    const { credential, clock, reads } = start({ primary: same("k1") });

    const together = await Promise.all([credential.authorization([], signal), credential.authorization([], signal)]);
    clock.advance(50 * 60_000);
    const later = await credential.authorization([], signal);

    expect(new Set([...together, later]).size).toBe(1);
    expect(reads).toEqual(["primary"]);
  });

  it("renews the token five minutes before it ends", async () => {
    const { credential, clock, reads } = start({ primary: same("k1") });
    await credential.authorization([], signal);

    clock.advance(55 * 60_000);

    expect(await credential.authorization([], signal)).toBe(header("k1", clock.now()));
    expect(reads).toEqual(["primary", "primary"]);
  });

  it("reads a refused key past the cache: it was rotated", async () => {
    const { credential, clock, reads } = start({ primary: { cached: "old", fresh: "new" } });
    const first = await credential.authorization([], signal);

    const second = await credential.authorization([first ?? ""], signal);

    expect(second).toBe(header("new", clock.now()));
    expect(reads).toEqual(["primary", "primary!"]);
  });

  it("gives a request that was refused late the token that is there already", async () => {
    const { credential, reads } = start({ primary: { cached: "old", fresh: "new" } });
    const first = (await credential.authorization([], signal)) ?? "";

    const results = await Promise.all([
      credential.authorization([first], signal),
      credential.authorization([first], signal),
    ]);
    const late = await credential.authorization([first], signal);

    expect(new Set([...results, late]).size).toBe(1);
    expect(reads).toEqual(["primary", "primary!"]);
  });

  it("goes on to the secondary key, stays with it, and ends when that is refused too", async () => {
    const values = { primary: same("k1"), secondary: same("k2") };
    const { credential, clock, reads } = start(values, { secondaryKeySecret: "secondary" });
    const first = (await credential.authorization([], signal)) ?? "";

    const second = (await credential.authorization([first], signal)) ?? "";
    expect(second).toBe(header("k2", clock.now()));
    expect(reads).toEqual(["primary", "primary!", "secondary!"]);
    expect(await credential.authorization([], signal)).toBe(second);

    expect(await credential.authorization([first, "another", second], signal)).toBeUndefined();
  });

  it("comes back to the primary key when the secondary is refused later", async () => {
    const values = { primary: same("k1"), secondary: same("k2") };
    const { credential, clock } = start(values, { secondaryKeySecret: "secondary" });
    const first = (await credential.authorization([], signal)) ?? "";
    const second = (await credential.authorization([first], signal)) ?? "";
    clock.advance(1);

    const again = (await credential.authorization([second], signal)) ?? "";
    expect(again).toBe(header("k2", clock.now()));
    clock.advance(1);

    expect(await credential.authorization([second, again], signal)).toBe(header("k1", clock.now()));
  });

  it("asks neither service nor Key Vault for half a minute after every key was refused", async () => {
    const { credential, clock, reads } = start({ primary: same("k1") });
    const first = (await credential.authorization([], signal)) ?? "";
    expect(await credential.authorization([first], signal)).toBeUndefined();
    const before = reads.length;

    expect(await credential.authorization([], signal)).toBeUndefined();
    expect(reads).toHaveLength(before);
    clock.advance(30_000);

    expect(await credential.authorization([], signal)).toBeDefined();
  });

  it.each(["", "\n", "  ", "key with blanks", "k1\n\n", "nyckel-ä"])(
    "refuses the secret %j without quoting it",
    async (text) => {
      const { credential } = start({ primary: same(text) });

      const refused = credential.authorization([], signal);

      await expect(refused).rejects.toMatchObject({ code: "SECRET_MALFORMED", context: { secret: "primary" } });
      await expect(refused).rejects.toThrow(/^((?!blanks"|nyckel).)*$/);
    },
  );

  it("hands on that Key Vault cannot be read, and tries again with the next request", async () => {
    const values = {
      primary: new AppError("SECRET_UNAVAILABLE", "down") as AppError | { cached: string; fresh: string },
    };
    const { credential } = start(values);
    await expect(credential.authorization([], signal)).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });

    values.primary = same("k1");

    expect(await credential.authorization([], signal)).toMatch(/^SharedAccessSignature uid=integration&/);
  });
});
