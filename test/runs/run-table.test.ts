import type { TableClient } from "@azure/data-tables";
import { expect, it } from "vitest";
import { createRunTable } from "../../shared/runs/run-table.ts";
import { createStorageClients } from "../../shared/storage/storage-clients.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { aRun, runIdAt } from "../helpers/records.ts";

const signal = new AbortController().signal;
const storage = useAzurite();

it("createRunTable: replaceRun does not write over what another one writes between its reading and its writing", async () => {
  const table = await createStorageClients(storage.options()).table("runs", signal);
  const runs = createRunTable(async () => table);
  const [was, theirs] = [aRun(runIdAt(1)), aRun(runIdAt(1), { status: "running", digest: "abc" })];
  await runs.putRun(was, signal);

  const interrupted: TableClient = Object.create(table, {
    getEntity: {
      async value(...key: Parameters<TableClient["getEntity"]>) {
        const row = await table.getEntity(...key);
        await runs.putRun(theirs, signal);
        return row;
      },
    },
  });

  expect(await createRunTable(async () => interrupted).replaceRun(was, { ...was, updatedAt: 1 }, signal)).toBe(false);
  expect(await runs.getRun(was.id, signal)).toStrictEqual(theirs);
});
