// Signing in through the developer portal's delegation: who gets a token, and who does not.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifySas } from "../../dev/apim/sas-token.ts";
import { signInOf } from "../../shared/api/sign-in.ts";
import { AppError } from "../../shared/core/errors.ts";
import { isOwnPath } from "../../shared/ui/paths.ts";
import { markOf } from "../helpers/core-builders.ts";
import {
  adele,
  type DelegationKit,
  grady,
  locationOf,
  portalUrl,
  signedInAs,
  startDelegation,
  textOfPage,
} from "../helpers/delegation-kit.ts";

let kit: DelegationKit;
beforeEach(async () => {
  kit = await startDelegation();
});
afterEach(() => kit.close());

const signIn = { operation: "SignIn", returnUrl: "/products?tab=a b" } as const;

describe("a sign-in", () => {
  it.each([["SignIn"], ["SignUp"]] as const)(
    "of %s gives the worker's own account a token of five minutes",
    async (operation) => {
      const answer = await kit.visit(kit.link({ ...signIn, operation }), { person: signedInAs(adele) });

      const location = locationOf(answer);
      expect([answer.status, location.origin, location.pathname]).toEqual([302, portalUrl, "/signin-sso"]);
      expect(location.searchParams.get("returnUrl")).toBe("/products?tab=a%20b");
      const token = location.searchParams.get("token") ?? "";
      const at = (now: number) =>
        verifySas(token, { identifier: adele.id, keys: [kit.simulator.primaryKey], now: Date.now() + now });
      expect([at(0), at(4 * 60_000), at(6 * 60_000)]).toEqual(["valid", "valid", "expired"]);
      expect(kit.simulator.requests().counts).toHaveProperty("POST users/token");
      expect(answer.headers).toMatchObject({ "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" });
    },
  );

  it("sends somebody who is not signed in to the company's sign-in, and back to the same link", async () => {
    const link = kit.link(signIn);

    const answer = await kit.visit(`${link}&code=not-ours`);

    const location = locationOf(answer);
    expect([answer.status, location.origin, location.pathname]).toEqual([
      302,
      "https://rollcall.contoso.com",
      "/.auth/login/aad",
    ]);
    const back = new URL(location.searchParams.get("post_login_redirect_uri") ?? "", "https://rollcall.contoso.com");
    expect(back.href).toBe(link);
    const again = await kit.visit(back.href, { person: signedInAs(adele) });
    expect(locationOf(again).pathname).toBe("/signin-sso");
  });

  it("takes a link that either key signed", async () => {
    const link = kit.link(signIn, undefined, kit.simulator.validationKeys.secondary);

    expect((await kit.visit(link, { person: signedInAs(adele) })).status).toBe(302);
  });

  it("finds the account by tenant and object id, whatever the address is", async () => {
    const person = signedInAs(grady, { name: "p1@contoso.com", address: "p1@contoso.com" });

    const token = locationOf(await kit.visit(kit.link(signIn), { person })).searchParams.get("token") ?? "";

    expect(token.startsWith(`${grady.id}&`)).toBe(true);
  });

  it("gives an account that was made ahead to the company sign-in of the same worker", async () => {
    // Made by the sync; nobody has ever signed in to it, so its only identity is the service's own.
    kit.simulator.edit.putUser({ id: adele.id, identities: [{ provider: "Basic", id: "p1@contoso.com" }] });
    const { userId: _, ...entry } = kit.entry(adele);
    await kit.putRoster([entry]);

    const token = locationOf(await kit.visit(kit.link(signIn), { person: signedInAs(adele) })).searchParams.get(
      "token",
    );

    expect(token?.startsWith(`${adele.id}&`)).toBe(true);
    expect(kit.simulator.state().users).toHaveLength(3);
  });

  it("is carried out once: the same link again is not valid", async () => {
    const link = kit.link(signIn);
    await kit.visit(link, { person: signedInAs(adele) });

    expect((await kit.visit(link, { person: signedInAs(adele) })).status).toBe(401);
    expect((await kit.visit(link, { person: signedInAs(grady) })).status).toBe(401);
  });

  it("does not use the link up when it is only opened, nor while API Management is away", async () => {
    const link = kit.link(signIn);
    await kit.visit(link);
    kit.simulator.addFaults([{ match: { kind: "users/token" }, times: 9, fault: { status: 503 } }]);
    expect((await kit.visit(link, { person: signedInAs(adele) })).status).toBe(503);
    kit.simulator.clearFaults();

    expect((await kit.visit(link, { person: signedInAs(adele) })).status).toBe(302);
  });

  it.each([
    ["/a?b=c#d", "/a?b=c#d"],
    ["a/b", "/a/b"],
    [`${portalUrl}/profile`, "/profile"],
    ["https://evil.example/x", "/"],
    ["//evil.example/x", "/"],
    ["/\\evil.example/x", "/"],
    ["\\\\evil.example", "/"],
    ["/.//evil.example/x", "/evil.example/x"],
    ["https://contoso.developer.azure-api.net@evil.example/", "/"],
    ["https://user:word@contoso.developer.azure-api.net/x", "/"],
    ["javascript:alert(1)", "/"],
    ["data:text/html,x", "/"],
    ["https://", "/"],
  ])("goes on to the portal only: %s becomes %s", async (returnUrl, path) => {
    const answer = await kit.visit(kit.link({ operation: "SignIn", returnUrl }), { person: signedInAs(adele) });

    const location = locationOf(answer);
    expect(location.origin).toBe(portalUrl);
    expect(location.searchParams.get("returnUrl")).toBe(path);
  });
});

describe("no token", () => {
  async function refusal(person = signedInAs(adele)): Promise<string> {
    const answer = await kit.visit(kit.link(signIn), { person });
    expect([answer.status, answer.headers.Location]).toEqual([403, undefined]);
    expect(kit.simulator.requests().counts).not.toHaveProperty("POST users/token");
    return textOfPage(answer);
  }

  it.each([
    ["blocked", "Your account is blocked"],
    ["pending", "Your account is not confirmed"],
    ["deleted", "Your account is deleted"],
  ] as const)("for an account that is %s", async (state, title) => {
    kit.simulator.edit.putUser({ id: adele.id, state });

    expect(await refusal()).toContain(title);
  });

  it("for a protected account, by its id, its address or an identity", async () => {
    for (const pattern of [adele.id, "p1@*"]) {
      kit.open.world = { ...kit.open.world, protect: [pattern] };
      expect(await refusal()).toContain("This account does not sign in here");
    }
  });

  it("for user 1, even if HR's record and a mark lead to it", async () => {
    kit.simulator.edit.putUser({ id: "1", note: markOf("1") });
    await kit.putRoster([kit.entry(adele, { userId: "1" })]);

    expect(await refusal()).toContain("This account does not sign in here");
  });

  it.each([
    ["has no mark", ""],
    ["has another worker's mark", markOf("2")],
    ["has another owner's mark", "rollcall/1 owner=fabrikam space=employee key=1"],
    ["has two marks", `${markOf("1")}\n${markOf("1")}`],
  ])("for an account that %s", async (_, note) => {
    kit.simulator.edit.putUser({ id: adele.id, note });

    expect(await refusal()).toContain("This account is not joined with HR");
  });

  it("for somebody whom HR does not name, with a page that says what to do", async () => {
    const stranger = signedInAs({ objectId: "ffffffff-0000-0000-0000-000000000009" });

    expect(await refusal(stranger)).toContain("ask HR to check your record");
  });

  it("for a leaver whose account is not blocked yet", async () => {
    await kit.putRoster([kit.entry(adele, { standing: "leaver" })]);

    expect(await refusal()).toContain("HR does not know this sign-in");
  });

  it("for the object id of another tenant, or without a tenant", async () => {
    const other = signedInAs(adele, { tenantId: "99999999-2222-3333-4444-555555555555" });
    const { tenantId: _, ...none } = signedInAs(adele);

    expect(await refusal(other)).toContain("another organisation");
    expect(await refusal(none)).toContain("another organisation");
  });

  it("for somebody known by address alone", async () => {
    const { objectId: _, ...person } = signedInAs(adele, { name: "p1@contoso.com", address: "p1@contoso.com" });

    expect(await refusal(person)).toContain("another organisation");
  });

  it("for an object id that two workers have", async () => {
    await kit.putRoster([kit.entry(adele), kit.entry({ ...grady, objectId: adele.objectId })]);

    expect(await refusal()).toContain("HR does not know this sign-in");
  });

  it("for somebody whose account is not made yet", async () => {
    kit.simulator.edit.deleteUser(adele.id);

    expect(await refusal()).toContain("Your account is not there yet");
  });
});

describe("a link that is not valid", () => {
  it("gets one and the same answer, whatever is wrong with it", async () => {
    const person = signedInAs(adele);
    const good = new URL(kit.link(signIn));
    const changed = (change: (parameters: URLSearchParams) => void): string => {
      const url = new URL(good);
      change(url.searchParams);
      return url.href;
    };
    const sig = good.searchParams.get("sig") ?? "";
    const spent = kit.link(signIn);
    await kit.visit(spent, { person });
    const links = [
      changed((each) => each.set("sig", "wrong")),
      changed((each) => each.set("sig", Buffer.from(sig, "base64").toString("base64url"))),
      changed((each) => each.set("sig", encodeURIComponent(sig))),
      changed((each) => each.append("sig", sig)),
      changed((each) => each.set("salt", "another")),
      changed((each) => each.set("returnUrl", "/other")),
      changed((each) => each.delete("salt")),
      changed((each) => each.set("operation", "Renew")),
      changed((each) => each.set("operation", "Subscribe")),
      kit.link(signIn, undefined, Buffer.from("another key").toString("base64")),
      "https://rollcall.contoso.com/api/delegation",
      spent,
    ];

    const answers = await Promise.all(links.flatMap((link) => [kit.visit(link, { person }), kit.visit(link)]));
    const [first, ...others] = answers.filter((_, index) => index !== answers.length - 1);

    expect(first?.status).toBe(401);
    for (const other of others) expect(other).toEqual(first);
  });

  it("is not told from a valid one by what is logged: no value of it is", async () => {
    await kit.visit(kit.link(signIn, "salt-of-the-earth"), { person: signedInAs(adele) });
    await kit.visit(kit.link(signIn, "salt-of-the-earth", "wrong"), { person: signedInAs(adele) });

    const text = JSON.stringify(kit.log.lines);
    for (const value of ["salt-of-the-earth", adele.id, adele.objectId, "somebody@contoso.com", "/products"])
      expect(text).not.toContain(value);
  });
});

describe("verification that cannot be made", () => {
  const away = new AppError("SECRET_UNAVAILABLE", "Cannot read the secret: the vault is away");

  it("is 503, never 401: Key Vault is away", async () => {
    kit.secrets["validation-primary"] = away;
    kit.secrets["validation-secondary"] = away;

    const answer = await kit.visit(kit.link(signIn), { person: signedInAs(adele) });

    expect(answer.status).toBe(503);
    expect(textOfPage(answer)).toContain("SECRET_UNAVAILABLE");
    expect(answer.body).not.toContain("vault");
  });

  it("is 503 where only one key can be read and did not sign, and goes on where it did", async () => {
    kit.secrets["validation-primary"] = away;
    const { primary, secondary } = kit.simulator.validationKeys;

    expect((await kit.visit(kit.link(signIn, undefined, primary), { person: signedInAs(adele) })).status).toBe(503);
    expect((await kit.visit(kit.link(signIn, undefined, secondary), { person: signedInAs(adele) })).status).toBe(302);
  });

  it("is 503 where a secret is no validation key", async () => {
    kit.secrets["validation-primary"] = "not base64!";

    expect((await kit.visit(kit.link(signIn), { person: signedInAs(adele) })).status).toBe(503);
  });

  it("is 503 where the store is away that remembers spent links and people", async () => {
    const gone = () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot read: the store is away"));
    const { world } = kit.open;

    kit.open.world = { ...world, requests: { takeOnce: gone } };
    expect((await kit.visit(kit.link(signIn), { person: signedInAs(adele) })).status).toBe(503);
    kit.open.world = { ...world, roster: { findObjectId: gone } };
    expect((await kit.visit(kit.link(signIn), { person: signedInAs(adele) })).status).toBe(503);
  });

  it("looks past the cache once when no key fits, so that a changed key counts at once", async () => {
    const fresh: boolean[] = [];
    const { createSigningKey } = await import("../../shared/api/delegation-keys.ts");
    const { parseDelegation } = await import("../../shared/webhook/delegation-signature.ts");
    const key = Buffer.from("the new key of the portal").toString("base64");
    const signingKey = createSigningKey(
      async () => ({
        async get(_name, options) {
          fresh.push(options.fresh === true);
          return options.fresh === true ? key : Buffer.from("the old key of the portal").toString("base64");
        },
      }),
      kit.door.clock,
    );
    const read = (link: string) => {
      const parsed = parseDelegation(new URL(link).search.slice(1));
      if (parsed === undefined) throw new Error("The link cannot be read");
      return signingKey(parsed, ["validation-primary"], new AbortController().signal);
    };

    expect(await read(kit.link(signIn, undefined, key))).toEqual(Buffer.from("the new key of the portal"));
    expect(await read(kit.link(signIn, undefined, "d3Jvbmc="))).toBeUndefined();
    expect(fresh).toEqual([false, true, false]);
    kit.passTime(30_000);
    await read(kit.link(signIn, undefined, "d3Jvbmc="));
    expect(fresh).toEqual([false, true, false, false, true]);
  });

  it("is no verdict on a link that no kept key signed, until the vault can be looked at again", async () => {
    const { createSigningKey } = await import("../../shared/api/delegation-keys.ts");
    const vault = { away: false };
    const get = async (_name: string, { fresh }: { readonly fresh?: boolean }) => {
      if (vault.away && fresh === true) throw away;
      return Buffer.from("a key of the portal").toString("base64");
    };
    const signingKey = createSigningKey(async () => ({ get }), kit.door.clock);
    const door = { ...kit.door, signingKey };
    const statusOf = async () => (await kit.visit(kit.link(signIn), { person: signedInAs(adele) }, door)).status;

    vault.away = true;
    const during = [await statusOf(), await statusOf()];
    vault.away = false;
    const soon = await statusOf();
    kit.passTime(30_000);

    expect([...during, soon, await statusOf(), await statusOf()]).toEqual([503, 503, 503, 401, 401]);
  });
});

describe("links that come at once, while no kept key fits", () => {
  type Vault = { readonly waiting: (() => void)[]; away: boolean; reads: number };

  /** A vault whose reads past the cache wait, and the answer to one link. */
  async function start() {
    const { createSigningKey } = await import("../../shared/api/delegation-keys.ts");
    const vault: Vault = { waiting: [], away: false, reads: 0 };
    const { primary } = kit.simulator.validationKeys;
    const get = async (_name: string, { fresh }: { readonly fresh?: boolean }) => {
      if (fresh !== true) return Buffer.from("the key before this one").toString("base64");
      vault.reads += 1;
      await new Promise<void>((resolve) => vault.waiting.push(resolve));
      if (vault.away) throw new AppError("SECRET_UNAVAILABLE", "Cannot read the secret: the vault is away");
      return primary;
    };
    const door = { ...kit.door, signingKey: createSigningKey(async () => ({ get }), kit.door.clock) };
    const targets = await kit.door.targets();
    const one = { ...door, targets: async () => targets.map((each) => ({ ...each, validationKeySecrets: ["one"] })) };
    return {
      vault,
      statusOf: async () => (await kit.visit(kit.link(signIn), { person: signedInAs(adele) }, one)).status,
      async answer() {
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
        for (const go of vault.waiting.splice(0)) go();
      },
    };
  }

  it("are no 401 while the vault is away", async () => {
    const { vault, statusOf, answer } = await start();
    vault.away = true;
    const all = Promise.all([statusOf(), statusOf(), statusOf()]);
    await answer();

    expect(await all).toEqual([503, 503, 503]);
    expect(vault.reads).toBe(1);
  });

  it("are all judged by the key that one read past the cache finds", async () => {
    const { vault, statusOf, answer } = await start();
    const all = Promise.all([statusOf(), statusOf()]);
    await answer();

    expect(await all).toEqual([302, 302]);
    expect(vault.reads).toBe(1);
  });

  it("are looked at again when whoever looked past the cache has gone away", async () => {
    const { createSigningKey } = await import("../../shared/api/delegation-keys.ts");
    const { parseDelegation } = await import("../../shared/webhook/delegation-signature.ts");
    const { primary } = kit.simulator.validationKeys;
    const stop = new AbortController();
    const get = async (_name: string, how: { readonly fresh?: boolean; readonly signal: AbortSignal }) => {
      if (how.fresh !== true) return Buffer.from("the key before this one").toString("base64");
      await Promise.resolve();
      if (how.signal.aborted) throw new AppError("ABORTED", "Cannot read the secret: its caller stopped it");
      return primary;
    };
    const signingKey = createSigningKey(async () => ({ get }), kit.door.clock);
    const link = parseDelegation(new URL(kit.link(signIn)).search.slice(1));
    if (link === undefined) throw new Error("The link cannot be read");

    const stopped = expect(signingKey(link, ["one"], stop.signal)).rejects.toMatchObject({ code: "ABORTED" });
    const other = signingKey(link, ["one"], new AbortController().signal);
    stop.abort();

    await stopped;
    expect(await other).toEqual(Buffer.from(primary, "base64"));
  });
});

describe("the sign-in of the local stack", () => {
  it("takes the place of the platform's, and comes back to the link", async () => {
    kit.door.signIn = () => signInOf({ localSignIn: true });

    const answer = await kit.visit(kit.link(signIn));

    const location = new URL(answer.headers.Location ?? "", "http://127.0.0.1");
    expect([location.host, location.pathname]).toEqual(["127.0.0.1", "/api/ui/sign-in"]);
    expect(isOwnPath(location.searchParams.get("to") ?? "")).toBe(true);
  });
});

describe("the address", () => {
  it("is the configured one: without it nobody is sent to sign in anywhere", async () => {
    kit.door.signIn = () => signInOf({ localSignIn: false });

    const answer = await kit.visit(kit.link(signIn));

    expect([answer.status, answer.headers.Location]).toEqual([500, undefined]);
    expect(kit.log.lines.at(-1)?.fields).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("ROLLCALL_PUBLIC_BASE_URL"),
    });
  });

  it("names the target, or is bare where there is one", async () => {
    const person = signedInAs(adele);

    expect((await kit.visit(kit.link(signIn), { person, target: "contoso" })).status).toBe(302);
    expect((await kit.visit(kit.link(signIn), { person, target: "" })).status).toBe(302);
    expect((await kit.visit(kit.link(signIn), { person, target: "fabrikam" })).status).toBe(404);
  });

  it("must name the target where there are several, and comes back to the one that it named", async () => {
    const [only] = await kit.door.targets();
    if (only === undefined) throw new Error("There is no target");
    kit.door.targets = async () => [only, { ...only, name: "partners" }];

    expect((await kit.visit(kit.link(signIn), { person: signedInAs(adele) })).status).toBe(404);
    const answer = await kit.visit(kit.link(signIn), { target: "partners" });
    expect(locationOf(answer).searchParams.get("post_login_redirect_uri")).toMatch(/^\/api\/delegation\/partners\?/);
  });
});
