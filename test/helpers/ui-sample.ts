// A page with something of everything on it: requests that wait, are over and failed, and runs with plans.
import type { Change } from "../../shared/core/change.ts";
import { digest } from "../../shared/core/digest.ts";
import { guard } from "../../shared/core/guard.ts";
import type { Plan } from "../../shared/core/plan.ts";
import { countChanges, countProblems } from "../../shared/core/report.ts";
import type { RunRecord } from "../../shared/core/run.ts";
import { anOutcome, aRun, runIdAt } from "./records.ts";
import { aQuestion, stageTime, storedFacts, type UiStage } from "./ui-stage.ts";

const { signal } = new AbortController();
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const firstNames = ["Björn", "Carmen", "Dmitri", "Esra", "Farid", "Hugo", "Ines", "Jonas", "Keiko", "Liam"];
const lastNames = ["Andersson", "Brandt", "Castro", "Dvořák", "Eriksen", "Fischer", "García", "Ito"];

function name(list: readonly string[], index: number): string {
  return list[index % list.length] ?? "";
}

function blocks(count: number): Change[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: "blockUser",
    key: `rc-${String(index).padStart(4, "0")}q7m2x`,
    before: { state: "active", marked: true },
    after: { state: "blocked", worker: `employee/${2000 + index}` },
    reason: {
      code: "leaverStated",
      worker: `employee/${2000 + index}`,
      source: "hr",
      line: 14 + index,
      fields: ["status"],
      text: "HR says that the work has ended",
    },
  }));
}

function sampleChanges(): Change[] {
  const updates: Change[] = [0, 1, 2].map((index) => ({
    kind: "updateUser",
    key: `rc-u${index}`,
    before: { lastName: name(lastNames, index), email: `${index}.old@contoso.com` },
    after: { lastName: name(lastNames, index + 3), email: `${index}.new@contoso.com` },
    reason: {
      code: "hrValueChanged",
      worker: `employee/${3000 + index}`,
      source: "hr",
      line: 90 + index,
      fields: ["familyName", "email"],
      text: "HR has other values than the account",
    },
  }));
  const members: Change[] = [0, 1, 2, 3].map((index) => ({
    kind: "addMember",
    key: `payments/rc-m${index}`,
    before: null,
    after: { group: "payments", user: `rc-m${index}` },
    reason: {
      code: "groupRuleHolds",
      worker: `employee/${4000 + index}`,
      rule: "payments",
      text: "The rule of the group holds",
    },
  }));
  return [...blocks(64), ...updates, ...members];
}

/** A plan that the guard stops. */
export function samplePlan(): Plan {
  const body = {
    format: "rollcall-plan/1",
    target: "contoso",
    owner: "contoso-platform",
    purpose: "sync",
    base: { users: 412, active: 380, members: { payments: 41 } },
    changes: sampleChanges(),
    findings: [
      {
        code: "heldByOthers",
        worker: "employee/2107",
        user: "rc-b0b0",
        text: "Somebody else blocked the account: it stays blocked",
      },
      { code: "groupLeftRules", group: "beta-testers", text: "The group is no longer in the rules: it is kept" },
    ],
    problems: [
      {
        code: "wordUnknown",
        source: "hr",
        line: 77,
        worker: "employee/2311",
        field: "status",
        reason: "The word is in no list of statuses; expected one of the lists",
      },
    ],
  } as const satisfies Omit<Plan, "digest">;
  return { ...body, digest: digest(body) };
}

const limits = { count: 50, percent: 10, ignoreBelow: 5 };

function blockedRun(plan: Plan, minutes: number): RunRecord {
  const verdict = guard(plan, new Proxy({}, { get: () => limits }) as Parameters<typeof guard>[1], []);
  return aRun(runIdAt(minutes), {
    request: { target: "contoso", mode: "apply", purpose: "sync" },
    status: "blocked",
    createdAt: stageTime - hourMs,
    updatedAt: stageTime - hourMs + 9_000,
    startedAt: stageTime - hourMs + 2_000,
    finishedAt: stageTime - hourMs + 9_000,
    slices: 1,
    sources: [{ source: "hr", completeness: "complete", people: 391, problems: 1, incompleteBecause: [] }],
    digest: plan.digest,
    verdict,
    planned: countChanges(plan.changes),
    problems: countProblems(plan),
  });
}

/** The run that the guard stopped. */
export const blockedRunId = runIdAt(105_180);

/** Fills the stage. */
export async function fillSample(stage: UiStage): Promise<void> {
  await stage.fillRoster();
  await stage.putRequest("sub-ada");
  await stage.putRequest(
    "sub-carmen",
    {
      ownerId: "rc-1007",
      worker: "employee/1007",
      productId: "ledger",
      firstSeenAt: stageTime - 5 * dayMs,
      question: aQuestion(stageTime - 3 * dayMs, { rule: "default", escalateAt: stageTime + dayMs }),
    },
    {
      ...storedFacts(
        "sub-carmen",
        { givenName: "Carmen", familyName: "Dvořák", department: "Logistics", title: "Data analyst" },
        "Nightly stock report",
      ),
      product: {
        id: "ledger",
        displayName: "Ledger API",
        published: true,
        approvalRequired: true,
        groups: [],
        owners: [],
      },
      subscriptions: [],
    },
  );
  await stage.putRequest(
    "sub-unknown",
    {
      ownerId: "60f1c2a9",
      productId: "payments-api",
      firstSeenAt: stageTime - 6 * hourMs,
      question: aQuestion(stageTime + 2 * dayMs - 6 * hourMs, { rule: "default" }),
    },
    { ...storedFacts("sub-unknown"), requester: undefined, missing: "notMarked" },
  );
  const over = [
    ["approve", "payments-team", undefined],
    ["reject", "person", "anton.approver@contoso.com"],
    ["approve", "person", "grace.hansen@contoso.com"],
    ["reject", "final", undefined],
  ] as const;
  for (const [index, [answer, rule, by]] of over.entries()) {
    const at = stageTime - (index + 1) * 3 * dayMs;
    await stage.putRequest(
      `sub-over-${index}`,
      {
        status: "answered",
        ownerId: `rc-20${index}`,
        firstSeenAt: at - dayMs,
        updatedAt: at,
        answer: { answer, rule, at, ...(by !== undefined && { by, comment: "Ask again once the pilot has ended." }) },
        outcome: { code: answer === "approve" ? "approved" : "rejected", text: "Written to API Management", at },
        ...(answer === "approve" && { access: { until: at + 365 * dayMs, warnDays: 14 } }),
      },
      storedFacts(`sub-over-${index}`, { givenName: name(firstNames, index + 3), familyName: name(lastNames, index) }),
    );
  }
  await stage.putRequest("sub-failed", {
    status: "failed",
    ownerId: "rc-1012",
    error: {
      code: "APIM_FORBIDDEN",
      message:
        'Cannot read the subscription "sub-failed": API Management refused with 403, the role API Management Service Contributor was expected',
      at: stageTime - 2 * hourMs,
    },
  });
  stage.queue.giveUp('{"hello":"<b>world</b>"}', stageTime - dayMs);

  const plan = samplePlan();
  const blocked = { ...blockedRun(plan, 105_180), id: blockedRunId };
  await stage.runs.putRun(blocked, signal);
  await stage.runs.putPlan(blockedRunId, plan, signal);
  const done: Plan = { ...plan, changes: plan.changes.slice(60) };
  const finished = runIdAt(104_000);
  await stage.runs.putPlan(finished, done, signal);
  await stage.runs.appendOutcomes(
    finished,
    done.changes.map((change, index) =>
      anOutcome(index, {
        id: `${change.kind}:${change.key}`,
        kind: change.kind,
        key: change.key,
        ...(index === 2 && { status: "failed", code: "APIM_CONFLICT", text: "The account was changed meanwhile" }),
      }),
    ),
    signal,
  );
  await stage.runs.putRun(
    aRun(finished, {
      request: { target: "contoso", mode: "apply", purpose: "sync" },
      trigger: "http",
      status: "finished",
      createdAt: stageTime - 20 * hourMs,
      startedAt: stageTime - 20 * hourMs + 1_000,
      finishedAt: stageTime - 20 * hourMs + 40_000,
      digest: plan.digest.replace(/^./, "0"),
      verdict: { status: "allowed" },
      planned: countChanges(done.changes),
      outcomes: { applied: done.changes.length - 1, skipped: 0, held: 0, failed: 1 },
      sources: [{ source: "hr", completeness: "complete", people: 391, problems: 1, incompleteBecause: [] }],
    }),
    signal,
  );
  await stage.runs.putRun(
    aRun(runIdAt(103_000), {
      status: "failed",
      createdAt: stageTime - 40 * hourMs,
      error: { code: "SOURCE_UNAVAILABLE", message: "Cannot read the source hr: the file is not there" },
    }),
    signal,
  );
}
