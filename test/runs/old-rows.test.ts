import { expect, it } from "vitest";
import { createAzureRunStore } from "../../shared/runs/azure-run-store.ts";
import { createStorageClients } from "../../shared/storage/storage-clients.ts";
import { listRows } from "../../shared/storage/table-rows.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { runIdAt, startOfTime } from "../helpers/records.ts";

const signal = new AbortController().signal;
const storage = useAzurite();

it("deleteDetails deletes acceptances that expired before the instant, taken or not, of every target", async () => {
  const options = storage.options();
  const store = createAzureRunStore({ ...options, clock: { now: () => startOfTime } });
  const give = (target: string, digest: string, expiresAt: number) =>
    store.putAcceptance({ target, digest, planRunId: runIdAt(1), by: "ada", at: startOfTime, expiresAt }, signal);
  await give("contoso", "d1", startOfTime + 1);
  await give("fabrikam", "d2", startOfTime + 1);
  await give("fabrikam", "d3", startOfTime + 2);
  await store.takeAcceptance({ target: "contoso", digest: "d1", runId: runIdAt(2) }, startOfTime, signal);

  const deleted = await store.deleteDetails(startOfTime + 2, signal);

  const table = await createStorageClients(options).table("acceptances", signal);
  const left: string[] = [];
  for await (const { rowKey } of listRows(table, {}, signal)) left.push(rowKey);
  expect([deleted, left]).toEqual([2, ["d3"]]);
});
