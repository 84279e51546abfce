// The page of the built app in the local Functions host, over real storage: signing in, looking, accepting.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventRow } from "../../dev/stack/people-file.ts";
import type { Stack } from "../../dev/stack/stack.ts";
import { startTestStack } from "../helpers/test-stack.ts";
import { attribute, type PageReader, readPage } from "../ui/page-reader.ts";

const people = Array.from({ length: 12 }, (_, number) => inventRow(number));
let stack: Stack;

beforeAll(async () => {
  stack = await startTestStack({
    people,
  });
});
afterAll(async () => {
  await stack.close();
});

type Shown = { readonly status: number; readonly headers: Headers; readonly page: PageReader };

async function get(path: string, cookie = ""): Promise<Shown> {
  const answer = await fetch(`${stack.host.address}${path}`, { headers: { cookie } });
  return { status: answer.status, headers: answer.headers, page: readPage(await answer.text()) };
}

function post(path: string, fields: Record<string, string>, cookie = ""): Promise<Response> {
  const headers = { cookie, origin: stack.host.address };
  const body = new URLSearchParams(fields);
  return fetch(`${stack.host.address}${path}`, { method: "POST", redirect: "manual", headers, body });
}

function tokenOn({ page }: Shown): string {
  return attribute(page.all("input", { name: "form" })[0], "value") ?? "";
}

/** The cookie of somebody with this role. */
async function signIn(role: string): Promise<string> {
  const form = tokenOn(await get("/api/ui/sign-in"));
  const answer = await post("/api/ui/sign-in", { form, address: `${role}@contoso.com`, role });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/api/ui"]);
  return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

async function apply(): Promise<string> {
  const answer = await fetch(`${stack.host.address}/api/sync`, {
    method: "POST",
    headers: { "x-functions-key": stack.keys.default },
    body: JSON.stringify({ target: "contoso", mode: "apply" }),
  });
  await stack.host.idle();
  return answer.headers.get("location")?.replace("/api/runs/", "") ?? "";
}

describe("the page in the local host", () => {
  it("asks who is not signed in to sign in, and sends the strict headers", async () => {
    const { status, headers, page } = await get("/api/ui");

    expect(status).toBe(401);
    expect(page.text).toContain("Choose who you are");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("keeps who signed in by a cookie that no script can read", async () => {
    const form = tokenOn(await get("/api/ui/sign-in"));
    const answer = await post("/api/ui/sign-in", { form, address: "rita@contoso.com", role: "reader" });
    const [cookie = ""] = answer.headers.getSetCookie();

    expect(cookie).toMatch(/; samesite=lax; httponly$/i);
    const open = await get("/api/ui", cookie.split(";")[0]);
    expect(open.status).toBe(200);
    expect(open.page.text).toContain("rita@contoso.com reader");
    expect(open.page.text).toContain("Nothing waits");
    expect((await get("/api/ui/failed", cookie.split(";")[0])).page.text).toContain("Nothing has failed");
  });

  it("lets an operator accept a plan that the guard stopped, and shows the run", async () => {
    const cookie = await signIn("operator");
    await apply();
    await stack.writePeople(people.map((row, number) => (number < 4 ? row : { ...row, WorkerStatus: "Inactive" })));
    const blocked = `/api/ui/runs/${await apply()}`;
    const shown = await get(blocked, cookie);
    const answer = await post(`${blocked}/accept`, { form: tokenOn(shown), read: "yes" }, cookie);
    await stack.host.idle();
    const after = await get(answer.headers.get("location") ?? "", cookie);

    expect(shown.page.text).toContain("The guard stopped this plan");
    expect(answer.status).toBe(303);
    expect(after.page.text).toContain("You accepted the plan");
    expect(after.page.text).toContain("Finished");
    expect(after.page.text).toContain("Accepted by operator@contoso.com");
    expect((await get(blocked, cookie)).page.text).toContain("This plan was accepted by operator@contoso.com");
  });

  it("is no way in for who only has a key", async () => {
    const answer = await fetch(`${stack.host.address}/api/ui/runs`, {
      headers: { "x-functions-key": stack.keys.master },
    });

    expect(answer.status).toBe(401);
  });
});
