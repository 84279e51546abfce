// People are told once, and the audit says so once, however many look at once.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { type LocalRequests, startLocalRequests } from "../helpers/local-requests.ts";

const rules = `approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules: [{ name: payments-team, approve: 'requester.department == "Payments"' }]
      ask:
        approvers: [owners]
        remindAfterDays: 2
        escalateAfterDays: 5
        escalateTo: [security@contoso.com]
        finalAfterDays: 14
      accessForDays: 60
      warnDays: 14
  default: {}
`;

let local: LocalRequests;
beforeEach(async () => {
  local = await startLocalRequests({ rules });
});
afterEach(() => local.close());

/** Somebody whose request people have to answer. */
async function submitToPeople(): Promise<void> {
  local.submit("s1", await local.addPerson(1, { department: "Treasury" }));
}

const lookAll = () => Promise.all(Array.from({ length: 4 }, () => local.look("s1", "sweep")));
const told = () => local.notices.filter(({ decision }) => decision === undefined).map(({ kind }) => kind);

/** Has several others look, to their end, while each notice is on its way. Nobody gets mail at those addresses. */
function othersLookMeanwhile(...refused: readonly string[]): void {
  const { send } = local.world.notifier;
  let isMeanwhile = false;
  const slowly: typeof send = async (notice, stop) => {
    const outcome = await send(notice, stop);
    if (!isMeanwhile) {
      isMeanwhile = true;
      await lookAll();
      isMeanwhile = false;
    }
    return { ...outcome, refused: notice.to.filter((address) => refused.includes(address)) };
  };
  Object.assign(local.world, { notifier: { send: slowly } });
}

describe("what people are told", () => {
  it("is told once, and recorded once: the question, then its reminder", async () => {
    await submitToPeople();
    othersLookMeanwhile();

    await lookAll();
    expect([told(), await local.auditActions()]).toEqual([["ask"], ["asked"]]);
    local.advanceDays(3);
    await lookAll();

    expect([told(), await local.auditActions()]).toEqual([
      ["ask", "remind"],
      ["asked", "reminded"],
    ]);
    expect(await local.record("s1")).not.toHaveProperty("claim");
  });

  it("is told once, and recorded once: the warning that access ends", async () => {
    local.submit("s1", await local.addPerson(1));
    await local.look("s1");
    local.advanceDays(50);
    othersLookMeanwhile();

    await lookAll();

    expect([told(), await local.auditActions()]).toEqual([["accessEnds"], ["approved", "warned"]]);
    expect(await local.record("s1")).not.toHaveProperty("claim");
  });

  it("is told once to those who are next, where the first are refused", async () => {
    await submitToPeople();
    othersLookMeanwhile("owner@contoso.com");

    await local.look("s1");

    expect([told(), await local.auditActions()]).toEqual([
      ["ask", "escalate"],
      ["unreached", "asked"],
    ]);
  });

  it("waits for a look that may be dead, and is told again once its time is over", async () => {
    await submitToPeople();
    const { putRequest } = local.requests;
    const mayStillWrite = () => told().length === 0;
    Object.assign(local.requests, {
      putRequest: (...args: Parameters<typeof putRequest>) =>
        mayStillWrite() ? putRequest(...args) : Promise.reject(new Error("dead")),
    });
    await expect(local.look("s1")).rejects.toThrow();
    Object.assign(local.requests, { putRequest });

    await lookAll();
    expect(told()).toEqual(["ask"]);
    local.advance(5 * 60_000);
    await lookAll();

    expect([told(), await local.auditActions()]).toEqual([
      ["ask", "ask"],
      ["asked", "asked"],
    ]);
    expect(new Set(local.notices.map(({ id }) => id)).size).toBe(1);
  });

  it("is told at once by the next look where one failed", async () => {
    await submitToPeople();
    const { append } = local.audit;
    Object.assign(local.audit, { append: () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot write")) });
    await expect(local.look("s1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    Object.assign(local.audit, { append });

    await lookAll();

    expect(await local.auditActions()).toEqual(["asked"]);
    expect((await local.record("s1"))?.question?.approvers).toMatchObject([{ sentAt: local.now() }]);
  });
});
