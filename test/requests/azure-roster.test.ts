import { ContainerClient } from "@azure/storage-blob";
import { describe, expect, it } from "vitest";
import type { KnownWorker } from "../../shared/request-ports.ts";
import { createAzureRoster } from "../../shared/requests/azure-roster.ts";
import { readIndex, writeIndex } from "../../shared/requests/roster-blobs.ts";
import type { StorageOptions } from "../../shared/storage/storage-clients.ts";
import { describeRosterContract } from "../contract/roster-contract.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { startOfTime } from "../helpers/records.ts";
import { aRosterEntry } from "../helpers/request-records.ts";

const signal = new AbortController().signal;
const minute = 60_000;
const storage = useAzurite();

function start(options: StorageOptions = storage.options()) {
  let now = startOfTime;
  return {
    options,
    container: new ContainerClient(`${options.endpoints.blob}/${options.prefix}-roster`, options.credential),
    roster: createAzureRoster({ ...options, clock: { now: () => now } }),
    setTime(time: number) {
      now = time;
    },
  };
}

/** Names of the blobs with what changes when one is written. */
async function blobs(container: ContainerClient): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, properties } of container.listBlobsFlat()) found.set(name, properties.etag ?? "");
  return found;
}

function people(count: number) {
  return Array.from({ length: count }, (_, index) => aRosterEntry(index, { entraObjectId: `object-${index}` }));
}

describeRosterContract("createAzureRoster", async () => start().roster);

describe("createAzureRoster", () => {
  it("put of the same people writes nothing, in whatever order they come and wherever their rows stand", async () => {
    const { roster, container } = start();
    await roster.put("contoso", people(700), startOfTime, signal);
    const before = await blobs(container);
    expect(before.size).toBe(1 + 4 + 4);

    const moved = people(700).map((entry) => ({ ...entry, person: { ...entry.person, line: entry.person.line + 9 } }));
    await roster.put("contoso", moved.reverse(), startOfTime + 29 * minute, signal);

    expect(await blobs(container)).toStrictEqual(before);
  });

  it("put of the same people writes only the instant, half an hour later", async () => {
    const { roster, container } = start();
    await roster.put("contoso", people(700), startOfTime, signal);
    const before = await blobs(container);

    await roster.put("contoso", people(700), startOfTime + 30 * minute, signal);

    const changed = [...(await blobs(container))].filter(([name, etag]) => before.get(name) !== etag);
    expect(changed.map(([name]) => name)).toStrictEqual(["contoso/index.json"]);
    expect((await roster.findWorker("contoso", "employee/1", signal))?.readAt).toBe(startOfTime + 30 * minute);
  });

  it("put of one changed person writes the one shard, and leaves none that is not needed", async () => {
    const { roster, container } = start();
    await roster.put("contoso", people(700), startOfTime, signal);
    const before = await blobs(container);
    const [first, ...others] = people(700);
    if (first === undefined) throw new Error("Somebody was expected");

    await roster.put("contoso", [...others, { ...first, standing: "leaver" }], startOfTime + 1, signal);

    const after = await blobs(container);
    expect(after.size).toBe(before.size);
    expect([...after.keys()].filter((name) => !before.has(name))).toHaveLength(1);
  });

  it("another instance sees what was put a few seconds later, and asks no more often than that", async () => {
    const options = storage.options();
    const [writer, reader] = [start(options), start(options)];
    await writer.roster.put("contoso", people(700), startOfTime, signal);
    await reader.roster.findWorker("contoso", "employee/1", signal);
    const next = people(700).map((entry) => ({ ...entry, standing: "leaver" as const }));
    await writer.roster.put("contoso", next, startOfTime + 1, signal);

    expect((await reader.roster.findWorker("contoso", "employee/1", signal))?.entry.standing).toBe("present");
    reader.setTime(startOfTime + 5_000);
    expect((await reader.roster.findWorker("contoso", "employee/1", signal))?.entry.standing).toBe("leaver");
  });

  it("an index that is over does not mislead: its shards are gone, so it is read again", async () => {
    const options = storage.options();
    const [writer, reader] = [start(options), start(options)];
    await writer.roster.put("contoso", people(700), startOfTime, signal);
    await reader.roster.findWorker("contoso", "employee/1", signal);
    const next = people(700).map((entry) => ({ ...entry, userId: "other" }));
    await writer.roster.put("contoso", next, startOfTime + 1, signal);

    const found: (KnownWorker | undefined)[] = [];
    for (const { person } of people(20)) found.push(await reader.roster.findWorker("contoso", person.worker, signal));
    // Those of a shard that the reader remembers are the old ones, whole; nobody is missing.
    expect(found.every((known) => known !== undefined)).toBe(true);
    expect(found.some((known) => known?.entry.userId === "other")).toBe(true);
  });

  it("a shard that was deleted by hand is an error once, and the next put writes everything", async () => {
    const { roster, container } = start();
    await roster.put("contoso", people(10), startOfTime, signal);
    for (const name of (await blobs(container)).keys())
      if (name.includes("/workers-")) await container.deleteBlob(name);

    await expect(roster.findWorker("contoso", "employee/1", signal)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("a part of it is gone"),
    });
    expect(await roster.findWorker("contoso", "employee/1", signal)).toBeUndefined();
    await roster.put("contoso", people(10), startOfTime, signal);
    expect(await roster.findWorker("contoso", "employee/1", signal)).toBeDefined();
  });

  it.each(["objects", "workers"])("keepOnly forgets the shards of %s that it remembers", async (kind) => {
    const { options, roster, container } = start();
    await roster.put("contoso", people(10), startOfTime, signal);
    expect(await roster.findObjectId("contoso", "object-1", signal)).toBeDefined();
    await roster.keepOnly([], signal);
    // The same people make a shard of the same name: whoever still remembers that one does not miss it.
    await start(options).roster.put("contoso", people(10), startOfTime, signal);
    for (const name of (await blobs(container)).keys())
      if (name.includes(`/${kind}-`)) await container.deleteBlob(name);

    await expect(roster.findObjectId("contoso", "object-1", signal)).rejects.toMatchObject({
      message: expect.stringContaining("a part of it is gone"),
    });
  });

  it("keepOnly forgets the indexes that it trusts for a while", async () => {
    const { options, roster } = start();
    await roster.put("contoso", people(10), startOfTime, signal);
    expect((await roster.findWorker("contoso", "employee/1", signal))?.readAt).toBe(startOfTime);
    await roster.keepOnly([], signal);
    await start(options).roster.put("contoso", people(10), startOfTime + 1, signal);

    expect((await roster.findWorker("contoso", "employee/1", signal))?.readAt).toBe(startOfTime + 1);
  });

  it("of two that read the same index, only one writes the next", async () => {
    const { roster, container } = start();
    await roster.put("contoso", people(10), startOfTime, signal);
    const read = await readIndex(container, "contoso", undefined, signal);
    if (read === undefined) throw new Error("An index was expected");
    await roster.put("contoso", people(11), startOfTime + 1, signal);

    await expect(writeIndex(container, read.index, read, signal)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("somebody else wrote it meanwhile"),
    });
    await expect(writeIndex(container, read.index, undefined, signal)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    expect(await roster.findWorker("contoso", "employee/10", signal)).toBeDefined();
  });
});
