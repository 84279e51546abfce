import type { TableClient } from "@azure/data-tables";
import { expect, it } from "vitest";
import type { Acceptance } from "../../shared/run-ports.ts";
import { createAcceptanceTable } from "../../shared/runs/acceptance-table.ts";
import { createStorageClients } from "../../shared/storage/storage-clients.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { runIdAt, startOfTime } from "../helpers/records.ts";

const signal = new AbortController().signal;
const storage = useAzurite();

it("createAcceptanceTable: taking an acceptance does not use up one that is given anew at the same moment", async () => {
  const clients = createStorageClients(storage.options());
  const table = await clients.table("acceptances", signal);
  const acceptances = createAcceptanceTable(async () => table);
  const acceptance: Acceptance = {
    target: "contoso",
    digest: "d1",
    planRunId: runIdAt(1),
    by: "first",
    at: startOfTime,
    expiresAt: startOfTime + 1000,
  };
  const renewed = { ...acceptance, by: "second" };
  await acceptances.putAcceptance(acceptance, signal);

  // The same table, where a second acceptance is given between a taker's reading and its deleting.
  const interrupted: TableClient = Object.create(table, {
    getEntity: {
      async value(...key: Parameters<TableClient["getEntity"]>) {
        const row = await table.getEntity(...key);
        await acceptances.putAcceptance(renewed, signal);
        return row;
      },
    },
  });
  const taker = createAcceptanceTable(async () => interrupted);
  expect(
    await taker.takeAcceptance({ target: "contoso", digest: "d1", runId: runIdAt(1) }, startOfTime, signal),
  ).toBeUndefined();
  expect(
    await acceptances.takeAcceptance({ target: "contoso", digest: "d1", runId: runIdAt(1) }, startOfTime, signal),
  ).toStrictEqual(renewed);
});
