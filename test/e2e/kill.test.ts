// A run of 200 changes, killed at a change with SIGKILL and continued by another process. By default at a few changes;
// with KILL_AT_EVERY_CHANGE=1 at every one, one after the other.
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeId } from "../../shared/core/change.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { type AppProcess, type KillStage, type StagedRun, startKillStage } from "../helpers/kill-stage.ts";

const changes = 200;
const concurrency = 8;
const journalWindow = 32;
const all = process.env.KILL_AT_EVERY_CHANGE === "1";

/** When the process dies: before its write reaches the service, after the service has made it, or so many milliseconds
 * later, while answers come in and the journal and the ledger are being written. */
type Moment = "lost" | "unanswered" | number;

/** The moments take turns. */
function momentOf(index: number): Moment {
  return ([index % 12, "unanswered", "lost"] as const)[index % 3] ?? "lost";
}

const indices = all ? Array.from({ length: changes }, (_, n) => n + 1) : [1, 42, 100, 101, 163, changes];
/** After its last write a run has the window, the memory and its own record to write. */
const lastWords = all ? Array.from({ length: 12 }, (_, n) => 5 + n * 10) : [30];
const cases = [
  ...indices.map((index): [number, Moment] => [index, momentOf(index)]),
  ...lastWords.map((ms): [number, Moment] => [changes, ms]),
].map(([index, moment]) => [index, typeof moment === "number" ? `${moment} ms after it` : moment, moment] as const);

const storage = useAzurite();
const repeats: number[] = [];
let stage: KillStage;
/** The process that dies in the next test, started while this one runs. */
let next: AppProcess;
/** The process that goes on with what others left behind. */
let successor: AppProcess;
let undisturbed: unknown;

const soon = (): AbortSignal => AbortSignal.timeout(30_000);

/** The id of the change that a write makes; undefined for a reading. */
function changeOf({ method, url }: { readonly method: string; readonly url: string }): string | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  const path = url.split("?")[0] ?? "";
  const [, group, user] = /\/groups\/([^/]+)\/users\/([^/]+)$/.exec(path) ?? [];
  if (method === "PUT" && group !== undefined) return `addMember:${group}/${user}`;
  const [, kind, id] = /\/(users|groups)\/([^/]+)$/.exec(path) ?? [];
  return method === "PUT" ? `${kind === "users" ? "createUser" : "createGroup"}:${id}` : `${method} ${path}`;
}

/** The writes that reach the service from now on, by change. */
function recordWrites(onRequest: (writes: number) => void = () => undefined): {
  readonly writes: readonly string[];
  stop(): void;
} {
  const writes: string[] = [];
  const stop = stage.simulator.beforeRequest((request) => {
    const change = changeOf(request);
    if (change !== undefined) writes.push(change);
    onRequest(writes.length);
  });
  return { writes, stop };
}

type Listed = { readonly id: string; readonly registrationDate?: unknown; readonly version?: unknown };

function byId(list: readonly Listed[]): readonly Listed[] {
  return list.map(({ registrationDate: _, version: __, ...fields }) => fields).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Everything in the service, without when and in which order it came there. */
function endState(): unknown {
  const { users, groups, products, subscriptions, members, links, mails } = stage.simulator.state();
  return {
    lists: [users, groups, products, subscriptions].map(byId),
    links,
    mails,
    members: Object.fromEntries(Object.entries(members).map(([group, ids]) => [group, [...ids].sort()])),
  };
}

/** Lets a process work on the run and kills it at its write number `index`; 0: at its first reading. Gives the writes
 * that were sent. */
async function killAt(index: number, moment: Moment, run: StagedRun): Promise<readonly string[]> {
  const victim = next;
  next = stage.startApp();
  if (moment === "lost") stage.simulator.addFaults([{ match: { method: "PUT" }, after: index - 1, fault: "close" }]);
  let struck = false;
  const { writes, stop } = recordWrites((count) => {
    if (struck || count < index) return;
    struck = true;
    if (typeof moment === "number") void wait(moment).then(victim.kill);
    else victim.kill();
  });

  const said = await victim.work(run);

  expect(await victim.ended).toBe("SIGKILL");
  // After its last write a run may end before its process does.
  if (index < changes) expect(said).toBeUndefined();
  stop();
  stage.simulator.clearFaults();
  return writes;
}

async function expectSameEnd({ id, store }: StagedRun, slices: number): Promise<void> {
  const [record, plan, outcomes, applied, memory] = await Promise.all([
    store.getRun(id, soon()),
    store.getPlan(id, soon()),
    store.getOutcomes(id, soon()),
    store.appliedSince("contoso", 0, soon()),
    store.getTargetMemory("contoso", soon()),
  ]);
  const planned = plan?.changes.map(changeId).sort();
  expect(planned).toHaveLength(changes);
  expect(outcomes.map((outcome) => outcome.id).sort()).toEqual(planned);
  expect(applied.map(({ kind, key }) => `${kind}:${key}`).sort()).toEqual(planned);
  expect(memory.links.size).toBe(changes / 2);
  expect(record).toMatchObject({ status: "finished", slices, counted: changes, outcomes: { held: 0, failed: 0 } });
  expect((record?.outcomes?.applied ?? 0) + (record?.outcomes?.skipped ?? 0)).toBe(changes);
  expect(endState()).toEqual(undisturbed);
}

beforeAll(async () => {
  stage = await startKillStage(storage, changes / 2);
  successor = stage.startApp();
  next = stage.startApp();
  const run = await stage.stageRun();
  const { writes, stop } = recordWrites();
  expect(await successor.work(run)).toBe("done");
  stop();
  expect([writes.length, new Set(writes).size]).toEqual([changes, changes]);
  undisturbed = endState();
  await expectSameEnd(run, 1);
});
afterAll(async () => {
  const which = all ? `every change, 1 to ${changes}` : `the changes ${indices.join(", ")}`;
  process.stdout.write(`Killed at ${which}: at most ${Math.max(...repeats)} writes were done twice\n`);
  await stage.close();
});

describe("a run whose process is killed with SIGKILL", () => {
  it("while it reads is planned anew by the next process and ends as if undisturbed", { timeout: 60_000 }, async () => {
    const run = await stage.stageRun();
    expect(await killAt(0, "unanswered", run)).toEqual([]);
    await run.lapseLease();

    expect(await successor.work(run)).toBe("done");

    await expectSameEnd(run, 2);
  });

  it.each(cases)(
    "at change %d (%s) ends as if undisturbed: no write repeated that the journal holds, at most 40 others",
    { timeout: 60_000 },
    async (index, _, moment) => {
      const run = await stage.stageRun();
      const before = await killAt(index, moment, run);
      const journal = new Set((await run.store.getOutcomes(run.id, soon())).map(({ id }) => id));
      const hadEnded = (await run.store.getRun(run.id, soon()))?.status === "finished";
      const early = await successor.work(run);
      await run.lapseLease();
      const { writes: after, stop } = recordWrites();

      const ended = await successor.work(run);

      stop();
      // Who comes while the lease of the dead holds only puts the run back into the queue.
      expect([early, ended]).toEqual([hadEnded ? "done" : "leaseHeld", "done"]);
      expect(after.filter((change) => journal.has(change))).toEqual([]);
      const twice = before.filter((change) => after.includes(change));
      expect(twice.length).toBeLessThanOrEqual(concurrency + journalWindow);
      expect([before.length, after.length]).toEqual([new Set(before).size, new Set(after).size]);
      await expectSameEnd(run, hadEnded ? 1 : 2);
      repeats.push(twice.length);
    },
  );
});
