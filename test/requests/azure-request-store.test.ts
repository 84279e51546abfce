import { TableClient } from "@azure/data-tables";
import { describe, expect, it } from "vitest";
import { createAzureRequestStore } from "../../shared/requests/azure-request-store.ts";
import { createOnceRows } from "../../shared/requests/once-rows.ts";
import { createRequestTable } from "../../shared/requests/request-table.ts";
import { createStorageClients, type StorageOptions } from "../../shared/storage/storage-clients.ts";
import { describeRequestStoreContract } from "../contract/request-store-contract.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { startOfTime } from "../helpers/records.ts";
import { aRequest } from "../helpers/request-records.ts";

const signal = new AbortController().signal;
const storage = useAzurite();

function start(options: StorageOptions = storage.options()) {
  let now = startOfTime;
  return {
    options,
    store: createAzureRequestStore({ ...options, clock: { now: () => now } }),
    setTime(time: number) {
      now = time;
    },
  };
}

function tableOf({ endpoints, prefix, credential }: StorageOptions, name: string): TableClient {
  return new TableClient(endpoints.table, `${prefix}${name}`, credential);
}

async function rowKeys(table: TableClient): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { rowKey } of table.listEntities()) keys.push(rowKey ?? "");
  return keys;
}

describeRequestStoreContract("createAzureRequestStore", async () => start());

describe("createAzureRequestStore", () => {
  it("two instances share what they store, and one of them wins", async () => {
    const options = storage.options();
    const [first, second] = [start(options).store, start(options).store];
    const done = await Promise.all([first, second].map((store) => store.putRequest(aRequest("s1"), undefined, signal)));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect((await second.getRequest("contoso", "s1", signal))?.value).toStrictEqual(aRequest("s1"));
    const taken = await Promise.all([first, second].map((store) => store.takeOnce("salt", "v", 60, signal)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it("keeps two rows for each request, whatever became of it", async () => {
    const { options, store } = start();
    await store.putRequest(aRequest("s1"), undefined, signal);
    for (const status of ["asked", "answered", "new", "closed"] as const) {
      const known = await store.getRequest("contoso", "s1", signal);
      await store.putRequest(aRequest("s1", { status, updatedAt: startOfTime + 1 }), known?.version, signal);
    }
    expect(await rowKeys(tableOf(options, "requests"))).toHaveLength(2);
  });

  it("a request whose copy in the list was deleted by hand can still be written", async () => {
    const { options, store } = start();
    await store.putRequest(aRequest("s1"), undefined, signal);
    const table = tableOf(options, "requests");
    for await (const { partitionKey = "", rowKey = "" } of table.listEntities()) {
      if (rowKey.startsWith("open-")) await table.deleteEntity(partitionKey, rowKey);
    }
    const known = await store.getRequest("contoso", "s1", signal);

    expect(await store.putRequest(aRequest("s1", { status: "closed" }), known?.version, signal)).toBe(true);
    expect(await store.listRequests({ limit: 5 }, signal)).toStrictEqual([aRequest("s1", { status: "closed" })]);
  });

  it("takeOnce deletes what is over, both rows of it, and nothing else", async () => {
    const { options, store, setTime } = start();
    await store.takeOnce("salt", "before", 1, signal);
    setTime(startOfTime + 60_000);
    for (let index = 0; index < 60; index += 1) await store.takeOnce("salt", `short-${index}`, 60, signal);
    await store.takeOnce("salt", "long", 600, signal);
    setTime(startOfTime + 200_000);

    await store.takeOnce("salt", "now", 600, signal);

    expect(await rowKeys(tableOf(options, "once"))).toHaveLength(4);
    expect(await store.takeOnce("salt", "long", 600, signal)).toBe(false);
  });

  it("takeOnce keeps a value that was taken anew while its old time was over", async () => {
    const { store, setTime } = start();
    await store.takeOnce("salt", "first", 1, signal);
    await store.takeOnce("salt", "v", 10, signal);
    // Over, and too early for the next forgetting.
    setTime(startOfTime + 20_000);
    expect(await store.takeOnce("salt", "v", 600, signal)).toBe(true);

    setTime(startOfTime + 100_000);
    expect(await store.takeOnce("salt", "other", 600, signal)).toBe(true);
    expect(await store.takeOnce("salt", "v", 600, signal)).toBe(false);
  });

  it("an answer that was lost is no other writer: the client tries again and meets its own first try", async () => {
    const clients = createStorageClients(storage.options());
    const table = await clients.table("requests", signal);
    // The same table, where each write is sent again as the client does when a connection broke off behind it.
    const repeating: TableClient = Object.create(table, {
      submitTransaction: {
        async value(...call: Parameters<TableClient["submitTransaction"]>) {
          await table.submitTransaction(...call);
          return await table.submitTransaction(...call);
        },
      },
    });
    const requests = createRequestTable(async () => repeating);
    expect(await requests.putRequest(aRequest("s1"), undefined, signal)).toBe(true);
    const known = await requests.getRequest("contoso", "s1", signal);
    expect(await requests.putRequest(aRequest("s1", { status: "closed" }), known?.version, signal)).toBe(true);
    expect(await requests.putRequest(aRequest("s1", { status: "new" }), known?.version, signal)).toBe(false);

    const { takeOnce } = createOnceRows(async () => repeating, { now: () => startOfTime });
    expect(await takeOnce("salt", "v", 60, signal)).toBe(true);
    expect(await takeOnce("salt", "v", 60, signal)).toBe(false);
  });

  it("rejects with STORE_UNAVAILABLE when no storage answers", async () => {
    const options = storage.options();
    const url = "https://127.0.0.1:1/devstoreaccount1";
    const { store } = start({ ...options, endpoints: { blob: url, table: url, queue: url } });
    const failure = { code: "STORE_UNAVAILABLE" };
    await expect(store.getRequest("contoso", "s1", signal)).rejects.toMatchObject(failure);
    await expect(store.takeOnce("salt", "v", 60, signal)).rejects.toMatchObject(failure);
    await expect(store.putFacts("1", { salt: "s", facts: {} }, signal)).rejects.toMatchObject(failure);
  });
});
