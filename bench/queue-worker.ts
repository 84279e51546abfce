// One of several processes that take runs from one queue, as the Functions host does: some messages at a time, more when
// few enough are left in work; a longer pause after each look that found nothing.
import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { ManagedIdentityCredential } from "@azure/identity";
import { QueueClient } from "@azure/storage-queue";
import { z } from "zod";
import { runQueueName } from "../shared/core/queue-names.ts";
import type { RunRecord, RunStatus } from "../shared/core/run.ts";
import { requestRun } from "../shared/flows/request-run.ts";
import { runSlice } from "../shared/flows/run-slice.ts";
import type { RunWorld } from "../shared/flows/slice.ts";
import { type Holding, watchLeases } from "./lease-watch.ts";
import { createWorld, signal, stateInStorage } from "./ours.ts";
import type { Facts, QueueWorkerTask } from "./task.ts";

const longestPauseMs = 2_000;
const shortestPauseMs = 100;

const message = z.object({ runId: z.string() });
const open: ReadonlySet<RunStatus> = new Set<RunStatus>(["waiting", "running"]);

/** Works until a run of every target has ended. Tells when the first began and the last ended, epoch milliseconds. */
export async function runQueueWorker(task: QueueWorkerTask): Promise<Facts> {
  const holdings: Holding[] = [];
  const world = await createWorld(task.endpoints, task, async (clock) => {
    const state = await stateInStorage(task.storage, task.prefix, clock);
    return { ...state, store: watchLeases(state.store, holdings) };
  });
  if (task.asks) await askForAll(task, world);
  const queue = new QueueClient(`${task.storage.queue}/${runQueueName(task.prefix)}`, new ManagedIdentityCredential());
  await queue.createIfNotExists();
  let pauseMs = shortestPauseMs;
  let ended = await endedRuns(world);
  const inWork = new Set<Promise<void>>();
  while (ended.length < task.endpoints.length) {
    const taken = inWork.size > task.newBatchThreshold ? [] : await takeSome(queue, task.batchSize, world);
    for (const work of taken) {
      inWork.add(work);
      void work.then(() => inWork.delete(work));
    }
    pauseMs = taken.length > 0 ? shortestPauseMs : Math.min(longestPauseMs, 2 * pauseMs);
    // A failure of one ends the measurement.
    if (taken.length === 0) await Promise.race([wait(pauseMs), ...inWork]);
    ended = await endedRuns(world);
  }
  await writeFile(task.leasesFile, JSON.stringify(holdings));
  const failed = ended.filter(({ status, outcomes }) => status !== "finished" || outcomes?.failed !== 0);
  if (failed.length > 0) throw new Error(`Cannot measure the runs: ${failed.length} ended otherwise than finished`);
  const ends = ended.map(({ finishedAt }) => finishedAt ?? 0);
  return {
    applied: ended.reduce((sum, { outcomes }) => sum + (outcomes?.applied ?? 0), 0),
    beganAt: Math.min(...ended.map(({ startedAt }) => startedAt ?? 0)),
    firstEndedAt: Math.min(...ends),
    endedAt: Math.max(...ends),
  };
}

async function askForAll({ endpoints, deliveries }: QueueWorkerTask, world: RunWorld): Promise<void> {
  for (const index of endpoints.keys()) {
    const request = { target: `target-${index}`, mode: "apply", purpose: "sync" } as const;
    const asked = await requestRun(request, { trigger: "timer" }, world, signal);
    if (asked.status !== "queued") throw new Error(asked.text);
    for (let again = 1; again < deliveries; again += 1) await world.queue.send({ runId: asked.run.id }, {}, signal);
  }
}

/** Takes messages and begins to work on each of them. */
async function takeSome(queue: QueueClient, batchSize: number, world: RunWorld): Promise<readonly Promise<void>[]> {
  const { receivedMessageItems: taken } = await queue.receiveMessages({
    numberOfMessages: batchSize,
    visibilityTimeout: 600,
  });
  return taken.map(async ({ messageId, messageText, popReceipt }) => {
    const { runId } = message.parse(JSON.parse(messageText));
    await runSlice(runId, world, { sliceMs: 240_000, lastAttempt: false }, signal);
    await queue.deleteMessage(messageId, popReceipt);
  });
}

async function endedRuns({ store }: RunWorld): Promise<readonly RunRecord[]> {
  const runs = await store.listRuns({ limit: 100 }, signal);
  return runs.filter(({ status }) => !open.has(status));
}
