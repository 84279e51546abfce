import { beforeEach, describe, expect, it } from "vitest";
import { blockedRunId, fillSample } from "../helpers/ui-sample.ts";
import { createUiStage, people, stageTime, type UiStage, type Who } from "../helpers/ui-stage.ts";
import { attribute, readPage } from "../ui/page-reader.ts";

const dayMs = 86_400_000;
let stage: UiStage;
beforeEach(async () => {
  stage = await createUiStage();
  await fillSample(stage);
});

/** Addresses of the forms on a page. */
async function formsOn(address: string, who: Who): Promise<readonly (string | undefined)[]> {
  const { body = "" } = await stage.get(address, who);
  return readPage(body)
    .all("form")
    .map((form) => attribute(form, "action"));
}

const request = "/api/ui/requests/contoso/sub-ada";
const run = `/api/ui/runs/${blockedRunId}`;
const addresses = ["/api/ui", "/api/ui/history", "/api/ui/runs", run, "/api/ui/failed", request] as const;

describe("who sees what", () => {
  it.each([
    ["reader", people.reader, [200, 200, 200, 200, 200, 200]],
    ["approver", people.approver, [200, 200, 403, 403, 403, 200]],
    ["operator", people.operator, [200, 200, 200, 200, 200, 200]],
    ["a person who was asked", people.owner, [200, 403, 403, 403, 403, 200]],
    ["a manager who was asked, by object id", people.manager, [200, 403, 403, 403, 403, 200]],
    ["anybody else", people.nobody, [200, 403, 403, 403, 403, 404]],
    ["nobody", undefined, [401, 401, 401, 401, 401, 401]],
  ])("%s", async (_, who, wanted) => {
    const answers = await Promise.all(addresses.map((address) => stage.get(address, who)));

    expect(answers.map(({ status }) => status)).toEqual(wanted);
  });

  it("shows who was asked without a role only what they were asked", async () => {
    const { body = "" } = await stage.get("/api/ui", people.manager);
    const other = await stage.get("/api/ui", people.nobody);

    expect(readPage(body).text).toContain("Ada Berg asks for Payments API");
    expect(readPage(other.body ?? "").text).toContain("Nothing waits");
    expect(other.body).not.toContain("Berg");
  });

  it("does not take the header of a principal where the platform does not sign people in", async () => {
    const off = await createUiStage({ settings: { authenticationIsOn: false } });
    const answer = await off.get("/api/ui", people.operator);

    expect(answer.status).toBe(401);
    expect(readPage(answer.body ?? "").text).toContain("App Service authentication is off");
  });

  it("lets in nobody of another tenant than the rules name, whatever roles and addresses the token has", async () => {
    const tenantId = "00000000-0000-4000-8000-0000000000aa";
    const own = await createUiStage({ tenantId });
    await fillSample(own);
    const of = (who: Who, tid: string): Who => ({ ...who, claims: [["tid", tid]] });
    const link = own.link("sub-ada", "for-owner");

    for (const who of [people.owner, people.operator, people.approver])
      for (const foreign of [who, of(who, "00000000-0000-4000-8000-0000000000bb")])
        for (const address of [...addresses, link]) {
          const { status, body = "" } = await own.get(address, foreign);
          expect(status).toBe(403);
          expect(readPage(body).text).toContain("another organisation");
          expect(body).not.toContain("Berg");
        }
    expect((await own.post(link, of(people.owner, "another"), { form: "x", answer: "approve" })).status).toBe(403);
    expect((await own.get(link, of(people.owner, tenantId.toUpperCase()))).status).toBe(200);
  });

  it("leads who is not signed in to the platform's sign-in, and back", async () => {
    const { body = "" } = await stage.get(request);
    const [link] = readPage(body).all("a", { class: "button" });

    expect(attribute(link, "href")).toBe(
      `/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent("/api/ui/requests/contoso/sub-ada")}`,
    );
  });

  it("tells who is not signed in nothing about what is there", async () => {
    const there = await stage.get(request);
    const notThere = await stage.get("/api/ui/requests/contoso/sub-eve");

    expect(there.body?.replaceAll("sub-ada", "")).toBe(notThere.body?.replaceAll("sub-eve", ""));
  });
});

describe("many open requests", () => {
  /** Each a minute older than the one before it, and all older than those of the sample. */
  async function fill(count: number): Promise<void> {
    for (let index = 1; index <= count; index += 1)
      await stage.putRequest(`many-${index}`, { firstSeenAt: stageTime - 6 * dayMs - index * 60_000 });
  }
  const linksOn = (body: string) =>
    readPage(body)
      .all("a")
      .map((link) => attribute(link, "href") ?? "")
      .filter((href) => href.includes("/requests/contoso/"));

  it.each([
    ["who may see all", people.approver],
    ["an owner who was asked", people.owner],
  ])("are shown by how long they wait, and counted: %s", async (_, who) => {
    await fill(520);
    const { body = "" } = await stage.get("/api/ui", who);

    expect(linksOn(body)[0]).toBe("/api/ui/requests/contoso/many-520");
    expect(new Set(linksOn(body)).size).toBe(100);
    expect(readPage(body).text).toContain("100 of 523 are shown");
  });
});

describe("who can do what", () => {
  it("gives the form of an answer to approvers and to who was asked", async () => {
    expect(await formsOn(request, people.approver)).toEqual([`${request}/answer`]);
    expect(await formsOn(request, people.owner)).toEqual([`${request}/answer`]);
    expect(await formsOn(request, people.reader)).toEqual([]);
    expect(await formsOn(request, people.operator)).toEqual([]);
  });

  it("gives nobody the form for their own request", async () => {
    const ada: Who = { address: "ada.1001@contoso.com", roles: ["approver"] };
    const { body = "" } = await stage.get(request, ada);

    expect(readPage(body).all("form")).toEqual([]);
    expect(readPage(body).text).toContain("nobody answers their own");
  });

  it("knows the requester by any address that the token names", async () => {
    const ada: Who = {
      address: "ab123@contoso.onmicrosoft.com",
      roles: ["approver"],
      claims: [["email", "ada.1001@contoso.com"]],
    };
    const { body = "" } = await stage.get(request, ada);

    expect(readPage(body).all("form")).toEqual([]);
    expect(readPage(body).text).toContain("nobody answers their own");
  });

  it("gives the forms of accepting and of trying again to operators alone", async () => {
    expect(await formsOn(run, people.operator)).toEqual([`${run}/accept`]);
    expect(await formsOn(run, people.reader)).toEqual([]);
    expect(await formsOn("/api/ui/failed", people.operator)).toEqual([
      "/api/ui/requests/contoso/sub-failed/retry",
      "/api/ui/messages/1/retry",
    ]);
    expect(await formsOn("/api/ui/failed", people.reader)).toEqual([]);
  });

  it.each([
    [`${run}/accept`, people.reader],
    [`${run}/accept`, people.approver],
    ["/api/ui/requests/contoso/sub-failed/retry", people.reader],
    ["/api/ui/requests/contoso/sub-failed/retry", people.approver],
    ["/api/ui/messages/1/retry", people.approver],
  ])("refuses %s to who has no right to it", async (address, who) => {
    expect((await stage.post(address, who, { form: "x", read: "yes" })).status).toBe(403);
    expect(stage.runMessages).toEqual([]);
    expect(stage.queue.take()).toEqual([]);
  });

  it("does not let a reader answer with a form that an approver was given", async () => {
    const { body = "" } = await stage.get(request, people.approver);
    const form = attribute(readPage(body).all("input", { name: "form" })[0], "value") ?? "";

    expect((await stage.post(`${request}/answer`, people.reader, { form, answer: "approve" })).status).toBe(403);
    expect((await stage.record("sub-ada"))?.answer).toBeUndefined();
  });
});

describe("every page", () => {
  it.each(addresses)("%s is sent with the strict headers", async (address) => {
    for (const who of [people.operator, people.nobody, undefined]) {
      const { headers } = await stage.get(address, who);
      expect(headers["Content-Security-Policy"]).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /);
      expect(headers).toMatchObject({ "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
    }
  });

  it.each(["/api/ui/nothing", "/api/ui/runs/1/2/3", "/api/ui/sign-in", "/api/ui/requests/contoso"])(
    "%s is not there",
    async (address) => {
      expect((await stage.get(address, people.operator)).status).toBe(404);
    },
  );

  it("is answered to HEAD as to GET, and to POST only where there is a form", async () => {
    const headers = { "x-ms-client-principal": "" };
    expect((await stage.call("HEAD", "/api/ui", headers)).status).toBe(401);
    expect((await stage.post("/api/ui/history", people.operator, {})).status).toBe(404);
    expect((await stage.call("DELETE", request, {})).status).toBe(401);
  });

  it("says what failed, without the details of a defect", async () => {
    stage.world.approvals.requests.listRequests = () => Promise.reject(new Error("secret detail"));
    const { status, body = "" } = await stage.get("/api/ui", people.operator);

    expect(status).toBe(500);
    expect(readPage(body).text).toContain("BUG");
    expect(body).not.toContain("secret detail");
  });
});
