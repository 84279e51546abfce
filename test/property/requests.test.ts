// Requests under duplicated, reordered and lost events, two processes, outages and deaths at any call, of Key Vault too:
// each ends with exactly one decision that was written exactly once and that the webhook heard of, and none is lost.
// Every process is a cold one: it reads the key of the direct door, the secret of the links and that of the webhook
// itself.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerByPerson } from "../../shared/flows/answer-request.ts";
import type { ApprovalWorld } from "../../shared/flows/approval-world.ts";
import { lookAtRequest } from "../../shared/flows/look-at-request.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import { tellAgain } from "../../shared/flows/tell-decision.ts";
import type { Transport } from "../../shared/http/transport.ts";
import { createNotifier } from "../../shared/notify/notifier.ts";
import { createWebhookWay } from "../../shared/notify/webhook.ts";
import type { Secrets } from "../../shared/ports.ts";
import type { RequestMessage } from "../../shared/request-ports.ts";
import { verifyLink } from "../../shared/webhook/decision-link.ts";
import { verifyWebhook } from "../../shared/webhook/standard-webhooks.ts";
import { createDecisionUrl } from "../../shared/wiring/decision-url.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";
import { createLife, createTurns, type Fate, isDeath, type Life, type Turns } from "../helpers/mortal.ts";

const rules = `approvals:
  products:
    - product: payments-api
      owners: [one@contoso.com, two@contoso.com]
      rules:
        - { name: payments-team, approve: 'requester.department == "Payments"' }
        - { name: guests, reject: 'requester.department == "Guests"' }
      ask: { approvers: [owners] }
  default: {}
  review: { unapproved: report }
`;

const departments = ["Payments", "Guests", "Treasury"] as const;
const lastAttempt = 5;
const minute = 60_000;
const outages: readonly unknown[] = ["STORE_UNAVAILABLE", "SECRET_UNAVAILABLE"];

type Storm = {
  readonly departments: readonly (typeof departments)[number][];
  /** How often each event arrives; 0 is a lost one. */
  readonly copies: readonly number[];
  readonly fates: readonly (readonly Fate[])[];
  readonly answers: readonly ("approve" | "reject")[];
  readonly cancels: boolean;
  readonly seed: number;
};

const fate: fc.Arbitrary<Fate> = fc.record({
  at: fc.integer({ min: 1, max: 35 }),
  what: fc.constantFrom("fail" as const, "die" as const),
  when: fc.constantFrom("before" as const, "after" as const),
});

const storm: fc.Arbitrary<Storm> = fc.record({
  departments: fc.array(fc.constantFrom(...departments), { minLength: 1, maxLength: 3 }),
  copies: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 }),
  fates: fc.array(fc.array(fate, { maxLength: 2 }), { minLength: 6, maxLength: 20 }),
  answers: fc.array(fc.constantFrom("approve" as const, "reject" as const), { minLength: 2, maxLength: 2 }),
  cancels: fc.boolean(),
  seed: fc.integer(),
});

function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Told = {
  readonly link?: { readonly url: string };
  readonly decision?: { readonly id: string; readonly subscription: string; readonly answer: string };
};

const untouched: Life = { wrap: (port) => port };

/** Takes webhooks as a receiver does who believes only what is signed, and notes which links they asked with and which
 * decisions they told of. */
function createReceiver(local: LocalRequests): {
  readonly take: Transport;
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
  readonly told: ReadonlyMap<string, ReadonlySet<string>>;
} {
  const asked = new Map<string, Set<string>>();
  const told = new Map<string, Set<string>>();
  const note = (noted: Map<string, Set<string>>, subscription: string, what: string): void => {
    noted.set(subscription, (noted.get(subscription) ?? new Set()).add(what));
  };
  return {
    asked,
    told,
    take: async ({ headers, body = "" }) => {
      const named = (name: string): string => headers[`webhook-${name}`] ?? "";
      const signed = { id: named("id"), timestamp: named("timestamp"), signature: named("signature") };
      const secret = await local.secrets.get("webhook-signing");
      expect(verifyWebhook({ ...signed, body: Buffer.from(body) }, [secret], local.now() / 1000)).toBe(true);
      const { type, data } = JSON.parse(body) as { type: string; data: Told };
      const { decision } = data;
      if (decision !== undefined) note(told, decision.subscription, `${decision.id} ${decision.answer}`);
      const check = verifyLink(data.link?.url.split("/").at(-1) ?? "", [await local.secrets.get("link-signing")], 0);
      if (type === "rollcall.notice.ask" && check.ok) note(asked, check.link.subscription, check.link.nonce);
      return { status: 204, headers: new Map(), body: "" };
    },
  };
}

/** The world as one process sees it, with this life. */
function worldOf({ local, receiver }: Stage, life: Life): ApprovalWorld {
  const { world } = local;
  const vault: Secrets = life.wrap(local.secrets, "SECRET_UNAVAILABLE");
  const { clock, log } = world;
  const transport = receiver.take;
  const way = createWebhookWay({
    url: "https://chat.contoso.com/",
    secrets: ["webhook-signing"],
    vault,
    clock,
    transport,
  });
  const client = life.wrap(local.openDirect(vault));
  return {
    ...world,
    requests: life.wrap(world.requests),
    roster: life.wrap(world.roster),
    queue: life.wrap(world.queue),
    audit: life.wrap(world.audit),
    notifier: life.wrap(createNotifier([way], log)),
    decisionUrl: createDecisionUrl("https://rollcall.contoso.com", async (stop) => [
      await vault.get("link-signing", { signal: stop }),
    ]),
    openTarget: async (name, stop) => {
      const target = await world.openTarget(name, stop);
      return target === undefined ? undefined : { ...target, apim: client };
    },
  };
}

type Stage = { readonly local: LocalRequests; readonly receiver: ReturnType<typeof createReceiver> };

type Delivery = { readonly message: RequestMessage; readonly count: number };

async function take(message: RequestMessage, world: ApprovalWorld, isLast = false): Promise<void> {
  const { telling } = message;
  if (telling === undefined) await lookAtRequest(message, world, { lastAttempt: isLast }, signal);
  else await tellAgain({ ...message, telling }, world, signal);
}

/** Takes messages until none is left, as the host does: what fails or dies comes again, until it is given up. */
async function takeMessages(queue: Delivery[], lives: Iterator<readonly Fate[]>, stage: Stage, turns: Turns) {
  for (let taken = queue.shift(); taken !== undefined; taken = queue.shift()) {
    const { message, count } = taken;
    const world = worldOf(stage, createLife(lives.next().value ?? [], turns));
    try {
      await take(message, world, count >= lastAttempt);
    } catch {
      if (count < lastAttempt) queue.push({ message, count: count + 1 });
    }
  }
}

async function answerAll(stage: Stage, { answers, fates }: Storm, id: string, turns: Turns): Promise<void> {
  for (const [index, answer] of answers.entries()) {
    const address = index === 0 ? "one@contoso.com" : "two@contoso.com";
    const principal = { name: address, address, roles: ["approver"] as const };
    const world = worldOf(stage, createLife(fates[index] ?? [], turns));
    await answerByPerson({ target: "contoso", subscription: id, principal, answer }, world, signal).catch((error) => {
      if (!isDeath(error) && !outages.includes(error?.code)) throw error;
    });
  }
}

async function calm(stage: Stage): Promise<void> {
  const { local } = stage;
  for (let round = 0; round < 3; round += 1) {
    local.advance(16 * minute);
    await local.refreshRoster();
    const world = worldOf(stage, untouched);
    await sweepRequests(["contoso"], world, signal);
    for (const message of local.queue.take()) await take(message, world);
  }
}

/** Everything that happened to one request, as far as it can be counted. */
async function outcomeOf({ local, receiver }: Stage, id: string, owner: string) {
  const days = await local.audit.days("contoso", signal);
  const lines = (await Promise.all(days.map((day) => local.audit.read("contoso", day, signal)))).flat();
  const decisions = lines
    .map((line) => JSON.parse(line) as { action: string; subscription?: string })
    .filter(({ action, subscription }) => subscription === id && (action === "approved" || action === "rejected"));
  return {
    record: await local.record(id),
    state: local.stateOf(id)?.state,
    decisions: decisions.map(({ action }) => action),
    told: receiver.told.get(id) ?? new Set(),
    effects: local.simulator.store.mails.filter(({ to }) => to === owner).length,
    links: receiver.asked.get(id)?.size ?? 0,
  };
}

async function weather(local: LocalRequests, given: Storm): Promise<void> {
  const stage = { local, receiver: createReceiver(local) };
  const random = createRandom(given.seed);
  const turns = createTurns(random);
  const ids = given.departments.map((_, index) => `s${index}`);
  const owners = await Promise.all(
    given.departments.map((department, index) => local.addPerson(100 + index, { department })),
  );
  for (const [index, id] of ids.entries()) local.submit(id, owners[index]);
  const events = ids.flatMap((id, index) =>
    Array.from({ length: given.copies[index] ?? 0 }, () => ({
      message: { target: "contoso", subscription: id, via: "event" },
      count: 1,
    })),
  );
  const queue: Delivery[] = events
    .map((event) => ({ event, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ event }) => event);
  const lives = given.fates.values();
  const processes = [1, 2].map(() => takeMessages(queue, lives, stage, turns));
  const cancel = async (): Promise<void> => {
    await turns.wait();
    if (given.cancels) local.simulator.edit.putSubscription({ id: "s0", state: "cancelled" });
  };
  await turns.run([...processes, cancel()]);
  await calm(stage);
  const asked = ids.filter((_, index) => given.departments[index] === "Treasury");
  await turns.run(asked.map((id) => answerAll(stage, given, id, turns)));
  await calm(stage);
  for (const [index, id] of ids.entries()) check(await outcomeOf(stage, id, owners[index] ?? ""), given, index);
}

function check(outcome: Awaited<ReturnType<typeof outcomeOf>>, given: Storm, index: number): void {
  const { record, state, decisions, effects, links, told } = outcome;
  const isCancelled = index === 0 && given.cancels;
  if (isCancelled && state === "cancelled") {
    expect(effects).toBeLessThanOrEqual(1);
    expect(["closed", undefined]).toContain(record?.status);
    return;
  }
  const department = given.departments[index];
  if (department === "Treasury") {
    expect(links).toBe(2);
    // An outage may have kept both people from answering; nothing is decided then, and the question stands.
    if (record?.status === "asked") {
      expect({ state, effects }).toEqual({ state: "submitted", effects: 0 });
      return;
    }
  }
  const answer = record?.answer?.answer;
  expect(record).toMatchObject({ status: "answered", round: 1 });
  if (department !== "Treasury") expect(answer).toBe(department === "Payments" ? "approve" : "reject");
  expect(decisions).toEqual([answer === "approve" ? "approved" : "rejected"]);
  expect(state).toBe(answer === "approve" ? "active" : "rejected");
  expect(effects).toBe(1);
  // The webhook may hear of it twice, but under one id; and it does hear of it, whatever failed.
  expect([...told]).toEqual([`contoso/s${index}/1/decided/${record?.answer?.at} ${decisions[0]}`]);
}

describe("requests in a storm", { timeout: 240_000 }, () => {
  it("each end with exactly one decision, written once, and none is lost", async () => {
    await fc.assert(
      fc.asyncProperty(storm, async (given) => {
        const local = await startLocalRequests({ rules });
        try {
          await weather(local, given);
        } finally {
          await local.close();
        }
      }),
      { numRuns: 150 },
    );
  });
});
