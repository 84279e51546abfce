import { ContainerClient } from "@azure/storage-blob";
import { describe, expect, it, onTestFinished } from "vitest";
import { createOutcomeLog } from "../../shared/runs/outcome-log.ts";
import { createStorageClients, type StorageOptions } from "../../shared/storage/storage-clients.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { anOutcome, runIdAt } from "../helpers/records.ts";
import { startTcpProxy, type TcpProxy } from "../helpers/tcp-proxy.ts";

const signal = new AbortController().signal;
const run = runIdAt(0);
const storage = useAzurite();

type Limits = { blocksPerBlob?: number; maxBlockBytes?: number; afterStopMs?: number };

function openLog(options: StorageOptions, limits: Limits = {}) {
  const clients = createStorageClients(options);
  return createOutcomeLog({ open: (opened) => clients.container("journal", opened), ...limits });
}

async function journalBlobs(options: StorageOptions): Promise<readonly { name: string; blocks: number }[]> {
  const container = new ContainerClient(`${options.endpoints.blob}/${options.prefix}-journal`, options.credential);
  const blobs: { name: string; blocks: number }[] = [];
  for await (const { name } of container.listBlobsFlat()) {
    const { blobCommittedBlockCount = 0 } = await container.getBlobClient(name).getProperties();
    blobs.push({ name, blocks: blobCommittedBlockCount });
  }
  return blobs;
}

/** Options of the same account and prefix whose blobs are reached over a wire that can be cut. */
async function overWire(options: StorageOptions): Promise<{ wire: TcpProxy; wired: StorageOptions }> {
  const url = new URL(options.endpoints.blob);
  const wire = await startTcpProxy(Number(url.port));
  onTestFinished(() => wire.close());
  url.port = String(wire.port);
  return { wire, wired: { ...options, endpoints: { ...options.endpoints, blob: url.href } } };
}

function outcomes(from: number, count: number) {
  return Array.from({ length: count }, (_, index) => anOutcome(from + index, { text: "As planned" }));
}

describe("createOutcomeLog", () => {
  it("begins a new blob before a blob has more blocks than it may, and reads them in order", async () => {
    const options = storage.options();
    const log = openLog(options, { blocksPerBlob: 3 });
    for (const outcome of outcomes(0, 8)) await log.appendOutcomes(run, [outcome], signal);
    expect((await journalBlobs(options)).map((blob) => blob.blocks)).toStrictEqual([3, 3, 2]);
    expect(await log.getOutcomes(run, signal)).toStrictEqual(outcomes(0, 8));
  });

  it("goes on in the same blob while other runs begin, and in a new one when its own next slice does", async () => {
    const options = storage.options();
    const log = openLog(options);
    await log.appendOutcomes(run, outcomes(0, 1), signal);
    for (let other = 0; other < 120; other += 1) log.openJournal(`other-${other}`);
    await log.appendOutcomes(run, outcomes(1, 1), signal);
    expect((await journalBlobs(options)).map((blob) => blob.blocks)).toStrictEqual([2]);
    log.openJournal(run);
    await log.appendOutcomes(run, outcomes(2, 1), signal);
    // The first one is closed by a block of its own.
    expect((await journalBlobs(options)).map((blob) => blob.blocks)).toStrictEqual([3, 1]);
    expect(await log.getOutcomes(run, signal)).toStrictEqual(outcomes(0, 3));
  });

  it("commits what many callers hand in meanwhile as one block", async () => {
    const options = storage.options();
    const log = openLog(options);
    await Promise.all(outcomes(0, 500).map((outcome) => log.appendOutcomes(run, [outcome], signal)));
    expect((await journalBlobs(options)).map((blob) => blob.blocks)).toStrictEqual([2]);
    expect(await log.getOutcomes(run, signal)).toStrictEqual(outcomes(0, 500));
  });

  it("a writer killed in the middle of a block leaves whole records only, and the next one goes on after them", async () => {
    const options = storage.options();
    const { wire, wired } = await overWire(options);
    const killed = openLog(wired);
    await killed.appendOutcomes(run, outcomes(0, 50), signal);
    wire.cutAfter(100_000);
    await expect(killed.appendOutcomes(run, outcomes(50, 4000), signal)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    const successor = openLog(options);
    expect(await successor.getOutcomes(run, signal)).toStrictEqual(outcomes(0, 50));
    await successor.appendOutcomes(run, outcomes(50, 2), signal);
    expect(await successor.getOutcomes(run, signal)).toStrictEqual(outcomes(0, 52));
  });

  it("a writer killed between the blocks of one append leaves whole records only", async () => {
    const options = storage.options();
    const { wire, wired } = await overWire(options);
    const killed = openLog(wired, { maxBlockBytes: 20_000 });
    await killed.appendOutcomes(run, outcomes(0, 1), signal);
    wire.cutAfter(100_000);
    await expect(killed.appendOutcomes(run, outcomes(1, 4000), signal)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    const left = await openLog(options).getOutcomes(run, signal);
    expect(left.length).toBeGreaterThan(100);
    expect(left.length).toBeLessThan(4000);
    expect(left).toStrictEqual(outcomes(0, left.length));
  });

  it("a block whose answer got lost is written once and counts as written", async () => {
    const options = storage.options();
    const { wire, wired } = await overWire(options);
    const log = openLog({ ...wired, tries: 2, retryDelayMs: 1 });
    await log.appendOutcomes(run, outcomes(0, 1), signal);
    wire.loseNextAnswer();
    await log.appendOutcomes(run, outcomes(1, 1), signal);
    await log.appendOutcomes(run, outcomes(2, 1), signal);
    expect(await log.getOutcomes(run, signal)).toStrictEqual(outcomes(0, 3));
  });

  it("a write that hangs ends soon after the slice has to, and the next slice goes on after what was written", async () => {
    const options = storage.options();
    const { wire, wired } = await overWire(options);
    const log = openLog(wired, { afterStopMs: 20 });
    await log.appendOutcomes(run, outcomes(0, 1), signal);
    wire.hang();
    const slice = new AbortController();
    const appends = [outcomes(1, 1), outcomes(2, 1)].map((each) => log.appendOutcomes(run, each, slice.signal));
    slice.abort();

    const ended = await Promise.allSettled(appends);

    // Whether the first one was written is unknown, so nothing is written after it.
    for (const one of ended) expect(one).toMatchObject({ status: "rejected", reason: { code: "STORE_UNAVAILABLE" } });
    const next = openLog(options);
    const kept = await next.getOutcomes(run, signal);
    expect(kept).toStrictEqual(outcomes(0, kept.length));
    expect(kept.length).toBeLessThanOrEqual(2);
    await next.appendOutcomes(run, outcomes(5, 1), signal);
    expect(await next.getOutcomes(run, signal)).toStrictEqual([...kept, ...outcomes(5, 1)]);
  });

  it("an append that failed makes later ones fail until the journal is opened anew", async () => {
    const options = storage.options();
    const [log, other] = [openLog(options), openLog(options)];
    await log.appendOutcomes(run, outcomes(0, 1), signal);
    await other.appendOutcomes(run, outcomes(1, 1), signal);
    await expect(log.appendOutcomes(run, outcomes(2, 1), signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(log.appendOutcomes(run, outcomes(3, 1), signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    log.openJournal(run);
    await log.appendOutcomes(run, outcomes(4, 1), signal);
    const kept = [anOutcome(0), anOutcome(1), anOutcome(4)].map((outcome) => ({ ...outcome, text: "As planned" }));
    expect(await log.getOutcomes(run, signal)).toStrictEqual(kept);
  });

  it("two writers who begin at once both begin, and only the later one goes on", async () => {
    const options = storage.options();
    const logs = [openLog(options), openLog(options)];
    const begun = await Promise.allSettled(
      logs.map((log, index) => log.appendOutcomes(run, outcomes(index, 1), signal)),
    );
    const again = await Promise.allSettled(logs.map((log) => log.appendOutcomes(run, outcomes(9, 1), signal)));
    expect(begun.filter((one) => one.status === "fulfilled").length).toBeGreaterThan(0);
    expect(again.map((one) => one.status).sort()).toStrictEqual(["fulfilled", "rejected"]);
  });
});
