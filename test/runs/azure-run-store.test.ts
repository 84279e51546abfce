import { inspect } from "node:util";
import { TableClient } from "@azure/data-tables";
import { ContainerClient } from "@azure/storage-blob";
import { describe, expect, it } from "vitest";
import { sharedReadName } from "../../shared/core/shared-read.ts";
import { createAzureRunStore } from "../../shared/runs/azure-run-store.ts";
import type { StorageOptions } from "../../shared/storage/storage-clients.ts";
import { storageKey } from "../../shared/storage/storage-key.ts";
import { describeRunStoreContract } from "../contract/run-store-contract.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { anAppliedChange, anOutcome, aRun, runIdAt, startOfTime } from "../helpers/records.ts";

const signal = new AbortController().signal;
const hour = 60 * 60_000;
const storage = useAzurite();

function start(options: StorageOptions = storage.options()) {
  let now = startOfTime;
  const store = createAzureRunStore({ ...options, clock: { now: () => now } });
  return {
    options,
    store,
    setTime(time: number) {
      now = time;
    },
    async loseLease(name: string) {
      const container = new ContainerClient(`${options.endpoints.blob}/${options.prefix}-leases`, options.credential);
      await container.getBlobClient(storageKey(name)).getBlobLeaseClient().breakLease(0);
    },
  };
}

describeRunStoreContract("createAzureRunStore", async () => start());

describe("createAzureRunStore", () => {
  it("appliedSince deletes what is older than 48 hours, and nothing that is younger", async () => {
    const { options, store, setTime } = start();
    const times = [0, hour, 2 * hour, 40 * hour];
    await store.recordApplied(
      "contoso",
      times.map((time) => anAppliedChange(time)),
      signal,
    );
    setTime(startOfTime + 49 * hour);
    await store.appliedSince("contoso", startOfTime + 25 * hour, signal);
    const table = new TableClient(options.endpoints.table, `${options.prefix}applied`, options.credential);
    const left: string[] = [];
    for await (const row of table.listEntities()) left.push(String(row.rowKey).slice(0, 13));
    expect(left).toStrictEqual(times.slice(1).map((time) => String(startOfTime + time)));
  });

  it("appliedSince deletes nothing that was asked for, however old", async () => {
    const { store, setTime } = start();
    await store.recordApplied("contoso", [anAppliedChange(0)], signal);
    setTime(startOfTime + 100 * hour);
    await store.appliedSince("contoso", startOfTime, signal);
    expect(await store.appliedSince("contoso", startOfTime, signal)).toStrictEqual([anAppliedChange(0)]);
  });

  it("deleteSharedReads leaves no lease blob of an old tick, and those of targets", async () => {
    const { options, store } = start();
    const names = [`read/${sharedReadName({ tick: startOfTime - 1, name: "hr" })}`, "target/contoso"];
    for (const name of names) await (await store.acquireLease(name, 15, signal))?.release(signal);

    await store.deleteSharedReads(startOfTime, signal);

    const container = new ContainerClient(`${options.endpoints.blob}/${options.prefix}-leases`, options.credential);
    const left: string[] = [];
    for await (const { name } of container.listBlobsFlat()) left.push(name);
    expect(left).toEqual([storageKey("target/contoso")]);
  });

  it("two instances share what they store", async () => {
    const options = storage.options();
    const [first, second] = [start(options).store, start(options).store];
    await first.putRun(aRun(runIdAt(1)), signal);
    expect(await second.getRun(runIdAt(1), signal)).toStrictEqual(aRun(runIdAt(1)));
  });

  it("an instance that was replaced cannot write into the journal any more, not even later", async () => {
    const options = storage.options();
    const [old, successor] = [start(options).store, start(options).store];
    await old.appendOutcomes(runIdAt(1), [anOutcome(1)], signal);
    await successor.appendOutcomes(runIdAt(1), [anOutcome(2)], signal);
    await expect(old.appendOutcomes(runIdAt(1), [anOutcome(3)], signal)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("another writer has taken it over"),
    });
    await expect(old.appendOutcomes(runIdAt(1), [anOutcome(4)], signal)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    await successor.appendOutcomes(runIdAt(1), [anOutcome(5)], signal);
    const numbers = [anOutcome(1), anOutcome(2), anOutcome(5)];
    expect(await successor.getOutcomes(runIdAt(1), signal)).toStrictEqual(numbers);
  });

  it("slices of one run on alternating instances all write, each under a lease of its own", async () => {
    const options = storage.options();
    const stores = [start(options).store, start(options).store];
    const expected = Array.from({ length: 6 }, (_, index) => anOutcome(index));
    for (const [index, outcome] of expected.entries()) {
      const store = stores[index % 2];
      const lease = await store?.acquireLease("contoso", 15, signal);
      store?.openJournal(runIdAt(1));
      await store?.appendOutcomes(runIdAt(1), [outcome], signal);
      await lease?.release(signal);
    }
    expect(await stores[0]?.getOutcomes(runIdAt(1), signal)).toStrictEqual(expected);
  });

  it("a refusal of the service is STORE_UNAVAILABLE with its cause, and neither holds the token or a row's name", async () => {
    const options = storage.options();
    const { token } = (await options.credential.getToken("https://vault.azure.net/.default")) ?? { token: "" };
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + hour }) };
    const store = createAzureRunStore({ ...options, credential, clock: { now: () => startOfTime } });
    const failure = await store.putSourceMemory("secret-name", { at: 1, people: 1 }, signal).catch((error) => error);
    expect(failure).toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(
        /^Cannot open a table of the store: the storage account answered 403.*Data Contributor/,
      ),
      cause: { name: "RestError", statusCode: 403 },
    });
    const everything = inspect(failure, { depth: 20, showHidden: true, customInspect: false });
    expect(everything).not.toContain(token);
    expect(everything).not.toContain("secret-name");
  });

  it("an account that is not there is STORE_UNAVAILABLE, and the next call tries again", async () => {
    const options = storage.options();
    const endpoints = { ...options.endpoints, table: "https://127.0.0.1:1/devstoreaccount1" };
    const store = createAzureRunStore({ ...options, endpoints, clock: { now: () => startOfTime } });
    await expect(store.getRun(runIdAt(1), signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(store.getRun(runIdAt(1), signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it.each(["", "ab", "Upper", "1abc", "a-b", "a".repeat(41)])("refuses the prefix %j", (prefix) => {
    const options = { ...storage.options(), prefix, clock: { now: () => startOfTime } };
    expect(() => createAzureRunStore(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
