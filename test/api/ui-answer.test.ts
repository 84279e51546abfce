import { beforeEach, describe, expect, it } from "vitest";
import { aPerson } from "../helpers/request-records.ts";
import { createUiStage, people, stageTime, type UiStage, type Who } from "../helpers/ui-stage.ts";
import { attribute, readPage } from "../ui/page-reader.ts";

const dayMs = 86_400_000;
let stage: UiStage;
beforeEach(async () => {
  stage = await createUiStage();
  await stage.fillRoster();
  await stage.putRequest("sub-ada");
});

const page = "/api/ui/requests/contoso/sub-ada";

async function tokenFor(address: string, who: Who): Promise<string> {
  const { body = "" } = await stage.get(address, who);
  return attribute(readPage(body).all("input", { name: "form" })[0], "value") ?? "";
}

describe("the form of an answer", () => {
  it("records one answer with the person's name and comment, asks for a look, and leads on", async () => {
    const form = await tokenFor(page, people.approver);
    const answer = await stage.post(`${page}/answer`, people.approver, {
      form,
      answer: "approve",
      comment: " For the\npilot ",
    });

    expect(answer).toMatchObject({ status: 303, headers: { Location: `${page}?note=approved` } });
    expect(await stage.record("sub-ada")).toMatchObject({
      status: "decided",
      answer: { answer: "approve", rule: "person", by: people.approver.address, comment: "For the pilot" },
    });
    expect(stage.queue.take()).toEqual([{ target: "contoso", subscription: "sub-ada", via: "page" }]);
    const after = await stage.get(`${page}?note=approved`, people.approver);
    expect(readPage(after.body ?? "").text).toContain("You approved the request");
    expect(readPage(after.body ?? "").all("form")).toEqual([]);
  });

  it("counts once, however often it is sent", async () => {
    const form = await tokenFor(page, people.approver);
    const first = await stage.post(`${page}/answer`, people.approver, { form, answer: "reject" });
    const second = await stage.post(`${page}/answer`, people.approver, { form, answer: "approve" });

    expect([first.status, second.status]).toEqual([303, 303]);
    expect(second.headers.Location).toBe(`${page}?note=twice`);
    expect((await stage.record("sub-ada"))?.answer?.answer).toBe("reject");
    expect(stage.queue.take()).toHaveLength(1);
  });

  it("takes the first of two people who answer, and tells the second", async () => {
    const [one, two] = await Promise.all([tokenFor(page, people.approver), tokenFor(page, people.owner)]);
    await stage.post(`${page}/answer`, people.owner, { form: two, answer: "approve" });
    const late = await stage.post(`${page}/answer`, people.approver, { form: one, answer: "reject" });

    expect(late.headers.Location).toBe(`${page}?note=closed`);
    expect((await stage.record("sub-ada"))?.answer).toMatchObject({ answer: "approve", by: people.owner.address });
  });

  it.each([
    ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    ["no site at all", { origin: "null", "sec-fetch-site": "" }],
  ])("changes nothing when %s has it sent", async (_, headers) => {
    const form = await tokenFor(page, people.approver);
    const answer = await stage.post(`${page}/answer`, people.approver, { form, answer: "approve" }, headers);

    expect(answer.status).toBe(403);
    expect((await stage.record("sub-ada"))?.answer).toBeUndefined();
  });

  it.each([
    ["no token", async () => ""],
    ["the token of another person", () => tokenFor(page, people.owner)],
    [
      "the token of another request",
      async () => {
        await stage.putRequest("sub-eve");
        return tokenFor("/api/ui/requests/contoso/sub-eve", people.approver);
      },
    ],
  ])("changes nothing with %s", async (_, token) => {
    const answer = await stage.post(`${page}/answer`, people.approver, { form: await token(), answer: "approve" });

    expect(answer.status).toBe(403);
    expect((await stage.record("sub-ada"))?.answer).toBeUndefined();
  });

  it("changes nothing in a later round, and nothing after a day", async () => {
    const form = await tokenFor(page, people.approver);
    stage.advance(dayMs);

    expect((await stage.post(`${page}/answer`, people.approver, { form, answer: "approve" })).status).toBe(403);

    const fresh = await tokenFor(page, people.approver);
    const found = await stage.requests.getRequest("contoso", "sub-ada", new AbortController().signal);
    if (found === undefined) throw new Error("The request of the test is gone");
    await stage.requests.putRequest({ ...found.value, round: 2 }, found.version, new AbortController().signal);

    expect((await stage.post(`${page}/answer`, people.approver, { form: fresh, answer: "approve" })).status).toBe(403);
    expect((await stage.record("sub-ada"))?.answer).toBeUndefined();
  });

  it.each([
    ["an answer that there is not", { answer: "maybe" }, {}, 404],
    ["no answer", {}, {}, 404],
    ["a body that is no form", { answer: "approve" }, { "content-type": "text/plain" }, 400],
    ["a body that is too long", { answer: "approve", comment: "x".repeat(30_000) }, {}, 400],
  ])("changes nothing with %s", async (_, fields, headers, status) => {
    const form = await tokenFor(page, people.approver);
    const answer = await stage.post(`${page}/answer`, people.approver, { form, ...fields }, headers);

    expect(answer.status).toBe(status);
    expect((await stage.record("sub-ada"))?.answer).toBeUndefined();
  });

  it("records the answer of somebody without a role by what they were asked with", async () => {
    const form = await tokenFor(page, people.manager);
    await stage.post(`${page}/answer`, people.manager, { form, answer: "approve" });

    expect((await stage.record("sub-ada"))?.answer).toMatchObject({ by: people.manager.address });
  });
});

describe("a decision by link", () => {
  it("shows the request and changes nothing, however it is opened", async () => {
    const link = stage.link("sub-ada", "for-owner");
    const header = { "x-ms-client-principal": "" };
    const before = await stage.record("sub-ada");
    const opened = await stage.get(link, people.owner);
    await stage.call("HEAD", link, header);
    await stage.call("GET", link, header);

    expect(opened.status).toBe(200);
    expect(readPage(opened.body ?? "").text).toContain("Ada Berg asks for Payments API");
    expect(readPage(opened.body ?? "").text).toContain("Opening this page has changed nothing");
    expect(await stage.record("sub-ada")).toEqual(before);
    expect(stage.queue.take()).toEqual([]);
  });

  it.each([
    ["the address that was asked, whatever its capitals", "for-owner", { address: "API-Owners@Contoso.com" }],
    ["the worker who was asked, whatever the address", "for-manager", { ...people.manager, address: "gh@contoso.com" }],
  ])("is taken from %s", async (_, nonce, who) => {
    const link = stage.link("sub-ada", nonce);
    const form = await tokenFor(link, who);
    const answer = await stage.post(link, who, { form, answer: "reject", comment: "Ask for the sandbox" });

    expect(answer).toMatchObject({ status: 303, headers: { Location: `${link}?note=rejected` } });
    expect((await stage.record("sub-ada"))?.answer).toMatchObject({
      answer: "reject",
      by: who.address,
      comment: "Ask for the sandbox",
    });
  });

  it("works once, and says kindly what became of it", async () => {
    const link = stage.link("sub-ada", "for-owner");
    const form = await tokenFor(link, people.owner);
    await stage.post(link, people.owner, { form, answer: "approve" });
    const again = await stage.get(link, people.owner);
    const sent = await stage.post(link, people.owner, { form, answer: "reject" });

    for (const { status, body = "" } of [again, sent]) {
      expect(status).toBe(200);
      expect(readPage(body).text).toContain("This question is over");
      expect(readPage(body).text).toContain(`Approved by ${people.owner.address}`);
      expect(readPage(body).all("form")).toEqual([]);
    }
    expect((await stage.record("sub-ada"))?.answer?.answer).toBe("approve");
  });

  it.each([
    ["an approver", people.approver],
    ["another who was asked", people.manager],
    ["anybody", people.nobody],
  ])("opened by %s does nothing and tells nothing", async (_, who) => {
    const link = stage.link("sub-ada", "for-owner");
    const form = await tokenFor(link, people.owner);
    const opened = await stage.get(link, who);
    const sent = await stage.post(link, who, { form, answer: "approve" });

    for (const { status, body = "" } of [opened, sent]) {
      expect(status).toBe(403);
      const told = readPage(body).text;
      expect(told).toContain("This link was made for somebody else");
      for (const fact of ["Ada", "Berg", "Payments", "contoso.com/", "sub-ada", people.owner.address])
        expect(told).not.toContain(fact);
    }
    expect((await stage.record("sub-ada"))?.answer).toBeUndefined();
  });

  it("answers to a link of a request that is not there as to one of somebody else", async () => {
    const mine = await stage.get(stage.link("sub-ada", "for-owner"), people.nobody);
    const gone = await stage.get(stage.link("sub-gone", "for-owner"), people.nobody);

    expect({ status: gone.status, body: gone.body }).toEqual({ status: mine.status, body: mine.body });
  });

  it("does nothing for the requester", async () => {
    const ada: Who = { address: "ada.1001@contoso.com" };
    await stage.putRequest("sub-own", {
      question: {
        askedAt: stageTime,
        approvers: [{ address: ada.address, role: "named", nonce: "own", sentAt: stageTime }],
        finalAt: stageTime + dayMs,
        finalAnswer: "reject",
        rule: "default",
      },
    });
    const { status, body = "" } = await stage.get(stage.link("sub-own", "own"), ada);

    expect(status).toBe(403);
    expect(readPage(body).text).toContain("Nobody answers their own request");
  });

  it("asks who is not signed in to sign in, valid or not, and comes back", async () => {
    const link = stage.link("sub-ada", "for-owner");
    const good = await stage.get(link);
    const bad = await stage.get("/api/ui/decide/nonsense");

    expect([good.status, bad.status]).toEqual([401, 401]);
    const [button] = readPage(good.body ?? "").all("a", { class: "button" });
    expect(attribute(button, "href")).toBe(`/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(link)}`);
  });

  it("says that the time of a link is over, and that another one is none of ours", async () => {
    const old = await stage.get(stage.link("sub-ada", "for-owner", stageTime), people.owner);
    const cut = await stage.get(stage.link("sub-ada", "for-owner").slice(0, -3), people.owner);

    expect([old.status, cut.status]).toEqual([410, 410]);
    expect(readPage(old.body ?? "").text).toContain("The time to answer with this link is over");
    expect(readPage(cut.body ?? "").text).toContain("This is not a link of Rollcall");
  });

  it("takes no form from another site, nor that of another link", async () => {
    const link = stage.link("sub-ada", "for-owner");
    const form = await tokenFor(link, people.owner);
    const foreign = await stage.post(
      link,
      people.owner,
      { form, answer: "approve" },
      { "sec-fetch-site": "cross-site" },
    );
    const list = await tokenFor(page, people.owner);
    const other = await stage.post(link, people.owner, { form: list, answer: "approve" });

    expect([foreign.status, other.status]).toEqual([403, 403]);
    expect((await stage.record("sub-ada"))?.answer).toBeUndefined();
  });
});

describe("somebody who has left", () => {
  it.each([
    ["who was asked", people.manager],
    ["with the role of an approver", { ...people.manager, roles: ["approver"] as const }],
  ])("gets no form and gives no answer: %s", async (_, who) => {
    const link = stage.link("sub-ada", "for-manager");
    const [form, linked] = await Promise.all([tokenFor(page, who), tokenFor(link, who)]);
    const grace = aPerson(1000, { email: who.address, entraObjectId: who.objectId });
    const entries = [{ person: grace, userId: "rc-1000", standing: "leaver" as const }];
    await stage.roster.put("contoso", entries, stageTime, new AbortController().signal);

    const shown = await stage.get(page, who);
    const opened = await stage.get(link, who);
    const sent = await stage.post(`${page}/answer`, who, { form, answer: "approve" });
    const sentByLink = await stage.post(link, who, { form: linked, answer: "approve" });

    expect(readPage(shown.body ?? "").text).toContain("HR says that you have left");
    expect(readPage(shown.body ?? "").all("form")).toEqual([]);
    for (const { status, body = "" } of [opened, sent, sentByLink]) {
      expect(status).toBe(403);
      expect(readPage(body).text).toContain("HR says that you have left, or your account is blocked");
    }
    expect((await stage.record("sub-ada"))?.answer).toBeUndefined();
  });
});

describe("a review of access that is there", () => {
  it("says why it is asked, and what an answer does", async () => {
    await stage.putRequest("sub-old", { review: "changed" });
    const told = readPage((await stage.get("/api/ui/requests/contoso/sub-old", people.approver)).body ?? "").text;

    expect(told).toContain("Review of Ada Berg with Payments API");
    expect(told).toContain("What HR says about the owner has changed");
    expect(told).toContain("to reject suspends it");
  });
});
