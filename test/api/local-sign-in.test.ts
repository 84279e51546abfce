import { describe, expect, it } from "vitest";
import { localPeople, localPrincipal } from "../../shared/api/local-sign-in.ts";
import { signText } from "../../shared/webhook/signed-text.ts";
import { createUiStage, secret, type UiStage } from "../helpers/ui-stage.ts";
import { attribute, readPage } from "../ui/page-reader.ts";

async function localStage(): Promise<UiStage> {
  return createUiStage({ settings: { localSignIn: true, authenticationIsOn: false } });
}

const noPeople = { "content-type": "application/x-www-form-urlencoded" };

/** The cookie after choosing who to be. */
async function signIn(stage: UiStage, fields: Readonly<Record<string, string>>) {
  const { body = "" } = await stage.get("/api/ui/sign-in");
  const form = attribute(readPage(body).all("input", { name: "form" })[0], "value") ?? "";
  return stage.post("/api/ui/sign-in", undefined, { form, ...fields }, noPeople);
}

describe("the local sign-in", () => {
  it("lists invented people, and signs in as the one that is chosen", async () => {
    const stage = await localStage();
    const list = readPage((await stage.get("/api/ui/sign-in")).body ?? "");
    const answer = await signIn(stage, { address: "olga@contoso.com", role: "operator", to: "/api/ui/runs" });
    const [cookie] = answer.cookies ?? [];

    expect(localPeople.every(({ name }) => list.text.includes(name))).toBe(true);
    expect(answer).toMatchObject({ status: 303, headers: { Location: "/api/ui/runs" } });
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    const page = await stage.call("GET", "/api/ui/runs", { cookie: `other=1; ${cookie?.name}=${cookie?.value}` });
    expect(page.status).toBe(200);
    expect(readPage(page.body ?? "").text).toContain("olga@contoso.com operator");
  });

  it("ends with its time, and with signing out", async () => {
    const stage = await localStage();
    const [cookie] = (await signIn(stage, { address: "olga@contoso.com" })).cookies ?? [];
    const out = await signIn(stage, { out: "yes" });
    stage.advance(12 * 3_600_000);

    expect((await stage.call("GET", "/api/ui", { cookie: `${cookie?.name}=${cookie?.value}` })).status).toBe(401);
    expect(out.cookies).toMatchObject([{ value: "", maxAge: 0 }]);
  });

  it.each([
    "https://evil.example",
    "//evil.example/api/ui",
    "/api/ui/../../evil",
    "/api/uix",
    "/api/ui/\\evil.example",
    "/api/ui?x=\r\nSet-Cookie: a=b",
  ])("leads to no other place than the page: %j", async (to) => {
    const answer = await signIn(await localStage(), { address: "olga@contoso.com", to });

    expect(answer.headers.Location).toBe("/api/ui");
  });

  it("knows nobody without an address", async () => {
    expect(await signIn(await localStage(), { address: "olga" })).toMatchObject({ status: 400 });
  });

  it("is not there where the setting is off", async () => {
    const stage = await createUiStage();
    const answers = [await stage.get("/api/ui/sign-in"), await stage.post("/api/ui/sign-in", undefined, {})];

    expect(answers.map(({ status, cookies }) => [status, cookies])).toEqual([
      [404, undefined],
      [404, undefined],
    ]);
  });
});

describe("localPrincipal()", () => {
  const purpose = "local-sign-in/1";
  const cookie = (text: string, by = secret, what = purpose) => `rollcall-local=${signText(what, text, by)}`;
  const good = JSON.stringify(["olga@contoso.com", "", ["operator", "king"], 10]);

  it("names whom we signed, with the roles that there are", () => {
    expect(localPrincipal(cookie(good), [secret], 9)).toEqual({
      name: "olga@contoso.com",
      address: "olga@contoso.com",
      tenantId: "00000000-0000-4000-8000-0000000000ff",
      roles: ["operator"],
    });
  });

  it.each([
    ["no cookie", undefined],
    ["a late one", cookie(JSON.stringify(["olga@contoso.com", "", [], 9]))],
    ["one of another secret", cookie(good, "another secret")],
    ["one for another purpose", cookie(good, secret, "form/1")],
    ["one that is no person", cookie("{}")],
    ["one that is too short", cookie("[]")],
    ["nonsense", "rollcall-local=a.b"],
  ])("names nobody with %s", (_, cookies) => {
    expect(localPrincipal(cookies, [secret], 9)).toBeUndefined();
  });
});
