import { beforeEach, describe, expect, it } from "vitest";
import { aRun, runIdAt } from "../helpers/records.ts";
import { blockedRunId, fillSample, samplePlan } from "../helpers/ui-sample.ts";
import { createUiStage, people, type UiStage, type Who } from "../helpers/ui-stage.ts";
import { attribute, readPage, textOf } from "../ui/page-reader.ts";

const { signal } = new AbortController();
let stage: UiStage;
beforeEach(async () => {
  stage = await createUiStage();
  await fillSample(stage);
});

const run = `/api/ui/runs/${blockedRunId}`;

async function tokenOn(address: string, who: Who, index = 0): Promise<string> {
  const { body = "" } = await stage.get(address, who);
  return attribute(readPage(body).all("input", { name: "form" })[index], "value") ?? "";
}

describe("a run that the guard stopped", () => {
  it("shows why, what it would change, and the digest that is accepted", async () => {
    const page = readPage((await stage.get(run, people.operator)).body ?? "");
    const plan = samplePlan();

    expect(page.text).toContain("64 planned, at most 50 are allowed");
    expect(page.text).toContain(plan.digest);
    expect(page.text).toContain("HR says that the work has ended");
    expect(page.text).toContain("71 writes; 412 users afterwards.");
    expect(page.text).toContain("Somebody else blocked the account: it stays blocked");
    expect(page.text).toContain("The word is in no list of statuses");
  });

  it("shows what was and what will be in words as well as in colours", async () => {
    const page = readPage((await stage.get(run, people.operator)).body ?? "");

    expect(textOf(page.all("del")[0] ?? page.all("html")[0] ?? missing())).toBe("was active");
    expect(textOf(page.all("ins")[0] ?? missing())).toBe("will be blocked");
  });

  it("shows the first of many changes, and the rest page by page", async () => {
    const overview = readPage((await stage.get(run, people.operator)).body ?? "");
    const all = readPage((await stage.get(`${run}?kind=blockUser`, people.operator)).body ?? "");
    const beyond = readPage((await stage.get(`${run}?kind=blockUser&page=9`, people.operator)).body ?? "");

    expect(overview.all("tr").length).toBeLessThan(40);
    expect(overview.all("a", { href: `${run}?kind=blockUser` })).toHaveLength(1);
    expect(all.all("tr")).toHaveLength(65);
    expect(beyond.text).toContain("Page 1 of 1");
    expect((await stage.get(`${run}?kind=nonsense`, people.operator)).status).toBe(200);
  });

  it("is accepted by an operator, in that person's name, once", async () => {
    const form = await tokenOn(run, people.operator);
    const answer = await stage.post(`${run}/accept`, people.operator, { form, read: "yes" });
    const again = await stage.post(`${run}/accept`, people.operator, { form, read: "yes" });
    const [runId = ""] = stage.runMessages;

    expect(answer).toMatchObject({ status: 303, headers: { Location: `/api/ui/runs/${runId}?note=queued` } });
    expect(again.headers.Location).toBe(`${run}?note=twice`);
    expect(stage.runMessages).toHaveLength(1);
    const { digest } = samplePlan();
    expect(await stage.runs.getRun(runId, signal)).toMatchObject({
      request: { target: "contoso", mode: "apply", purpose: "sync", accept: digest },
      requestedBy: people.operator.address,
    });
    const taken = { target: "contoso", digest, runId };
    expect(await stage.runs.takeAcceptance(taken, stage.world.runs.clock.now(), signal)).toMatchObject({
      by: people.operator.address,
      planRunId: blockedRunId,
    });
    const after = readPage((await stage.get(run, people.operator)).body ?? "");
    expect(after.all("form")).toEqual([]);
    expect(after.text).toContain(`accepted by ${people.operator.address}`);
  });

  it("is accepted once, though two people had the form before them", async () => {
    const [one, two] = await Promise.all([tokenOn(run, people.operator), tokenOn(run, people.operator)]);
    await stage.post(`${run}/accept`, people.operator, { form: one, read: "yes" });
    const late = await stage.post(`${run}/accept`, people.operator, { form: two, read: "yes" });

    expect(late.headers.Location).toBe(`${run}?note=accepted`);
    expect(stage.runMessages).toHaveLength(1);
  });

  it("says when it is not the latest run of its target", async () => {
    const before = readPage((await stage.get(run, people.operator)).body ?? "");
    const id = runIdAt(200_000);
    await stage.runs.putRun(aRun(id, { createdAt: stage.world.runs.clock.now() }), signal);
    const after = readPage((await stage.get(run, people.operator)).body ?? "");

    expect(before.text).not.toContain("not the latest run");
    expect(after.all("a", { href: `/api/ui/runs/${id}` })).toHaveLength(1);
  });

  it("is not accepted without the box, nor from another site", async () => {
    const unread = await stage.post(`${run}/accept`, people.operator, { form: await tokenOn(run, people.operator) });
    const foreign = await stage.post(
      `${run}/accept`,
      people.operator,
      { form: await tokenOn(run, people.operator), read: "yes" },
      { origin: "https://evil.example" },
    );

    expect([unread.status, foreign.status]).toEqual([400, 403]);
    expect(stage.runMessages).toEqual([]);
  });

  it("says that its details were deleted", async () => {
    await stage.runs.deleteDetails(Number.MAX_SAFE_INTEGER, signal);
    const page = readPage((await stage.get(run, people.operator)).body ?? "");

    expect(page.text).toContain("The changes themselves were deleted");
    expect(page.text).toContain("64");
  });
});

function missing(): never {
  throw new Error("The page lacks the element");
}

describe("other runs", () => {
  it("have no form, and say what became of each change", async () => {
    const list = readPage((await stage.get("/api/ui/runs", people.reader)).body ?? "");
    const links = list.all("a").flatMap((link) => attribute(link, "href") ?? []);
    const [, finished = ""] = links.filter((href) => href.startsWith("/api/ui/runs/"));
    const page = readPage((await stage.get(finished, people.operator)).body ?? "");

    expect(list.text).toContain("Finished with failures");
    expect(page.all("form")).toEqual([]);
    expect(page.text).toContain("APIM_CONFLICT: The account was changed meanwhile");
  });

  it("say first when HR was not read completely", async () => {
    const id = runIdAt(105_500);
    const source = { source: "hr", people: 4, problems: 0, incompleteBecause: ["The file is cut off"] };
    const sources = [{ ...source, completeness: "incomplete" as const }];
    await stage.runs.putRun(aRun(id, { status: "finished", planned: {}, sources }), signal);
    const page = readPage((await stage.get(`/api/ui/runs/${id}`, people.reader)).body ?? "");

    expect(page.text).toContain("HR was not read completely: hr");
    expect(page.text).toContain("The file is cut off");
    expect(page.text).not.toContain("Nothing to change: the accounts are in step");
  });

  it("are listed for one service where there are several", async () => {
    const two = await createUiStage({ targets: ["contoso", "fabrikam"] });
    await fillSample(two);
    const page = readPage((await two.get("/api/ui/runs?target=fabrikam", people.reader)).body ?? "");

    expect(page.text).toContain("No runs yet");
    expect(textOf(page.all("a", { "aria-current": "true" })[0] ?? missing())).toBe("fabrikam");
  });
});

describe("what failed", () => {
  it("is shown with its error, and messages of strangers only as text", async () => {
    const { body = "" } = await stage.get("/api/ui/failed", people.operator);

    expect(readPage(body).text).toContain("APIM_FORBIDDEN");
    expect(readPage(body).text).toContain("API Management refused with 403");
    expect(readPage(body).text).toContain('{"hello":"<b>world</b>"}');
    expect(readPage(body).tags).not.toContain("b");
  });

  it("is taken up again by an operator, once", async () => {
    const form = await tokenOn("/api/ui/failed", people.operator);
    const address = "/api/ui/requests/contoso/sub-failed/retry";
    const answers = [
      await stage.post(address, people.operator, { form }),
      await stage.post(address, people.operator, { form }),
    ];

    expect(answers.map(({ headers }) => headers.Location)).toEqual([
      "/api/ui/failed?note=retried",
      "/api/ui/failed?note=twice",
    ]);
    expect(stage.queue.take()).toEqual([{ target: "contoso", subscription: "sub-failed", via: "page" }]);
  });

  it("is taken from the poison queue, when the message is still there", async () => {
    stage.queue.giveUp('{"target":"contoso","subscription":"sub-failed","via":"event"}', 0);
    const form = await tokenOn("/api/ui/failed", people.operator);
    await stage.post("/api/ui/requests/contoso/sub-failed/retry", people.operator, { form });

    expect(stage.queue.take()).toEqual([
      { target: "contoso", subscription: "sub-failed", via: "event" },
      { target: "contoso", subscription: "sub-failed", via: "page" },
    ]);
    expect((await stage.queue.listPoison(signal)).count).toBe(1);
  });

  it("shows a batch that could not be spread, with all of its subscriptions, and takes it up as a whole", async () => {
    const batch = { target: "contoso", subscriptions: ["s1", "<i>s2</i>"], via: "event" };
    stage.queue.giveUp(JSON.stringify(batch), 0);

    const { body = "" } = await stage.get("/api/ui/failed", people.operator);
    expect(readPage(body).text).toContain("2 subscriptions of contoso");
    expect(readPage(body).text).toContain("s1, <i>s2</i>");
    expect(readPage(body).tags).not.toContain("i");
    const form = await tokenOn("/api/ui/failed", people.operator, 2);
    await stage.post("/api/ui/messages/2/retry", people.operator, { form });

    expect(stage.queue.takeBatches()).toEqual([batch]);
  });

  it("takes a stranger's message off, and sends it nowhere", async () => {
    const form = await tokenOn("/api/ui/failed", people.operator, 1);
    await stage.post("/api/ui/messages/1/retry", people.operator, { form });

    expect(stage.queue.take()).toEqual([]);
    expect((await stage.queue.listPoison(signal)).count).toBe(0);
  });
});
