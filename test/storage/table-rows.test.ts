import type { ServerResponse } from "node:http";
import { TableClient } from "@azure/data-tables";
import { afterEach, expect, it } from "vitest";
import { upsertRows } from "../../shared/storage/table-rows.ts";
import { type ScriptedServer, startScriptedServer } from "../http/scripted-server.ts";

const { signal } = new AbortController();
let server: ScriptedServer | undefined;
afterEach(() => server?.close());

it("upsertRows that failed writes nothing any more when its caller hears of it", async () => {
  const held: ServerResponse[] = [];
  let eightAreHeld = () => {};
  const eight = new Promise<void>((resolve) => (eightAreHeld = resolve));
  server = await startScriptedServer(() => (response) => {
    if (held.push(response) === 8) eightAreHeld();
  });
  const table = new TableClient(server.address, "links", { allowInsecureConnection: true });
  const rows = Array.from({ length: 20 }, (_, index) => ({ partitionKey: `p${index}`, rowKey: "r" }));
  let unanswered: number | undefined;
  const written = upsertRows(table, rows, signal).catch((error: unknown) => {
    unanswered = held.filter((response) => !response.writableEnded).length;
    throw error;
  });
  written.catch(() => undefined);
  await eight;

  // The next is answered only when the client has the one before, so a failure that is passed on too soon is seen.
  for (const response of held) await refuse(response);

  await expect(written).rejects.toMatchObject({ statusCode: 400 });
  expect([unanswered, held.length]).toEqual([0, 8]);
});

/** Ends when the connection, which is not kept, is closed by the client that has read the answer. */
async function refuse(response: ServerResponse): Promise<void> {
  const closed = new Promise((resolve) => response.socket?.once("close", resolve));
  response.writeHead(400, { connection: "close" }).end();
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
}
