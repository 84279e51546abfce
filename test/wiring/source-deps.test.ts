import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { createExpressions } from "../../shared/config/expressions.ts";
import { readSettings } from "../../shared/config/settings.ts";
import { sourceDeps } from "../../shared/wiring/app-parts.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";

it("opens no new connection for each opening of the sources", async () => {
  let connections = 0;
  const server = createServer((_, response) => response.end("[]")).on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const settings = readSettings({ ROLLCALL_RULES: "rollcall.yaml", AzureWebJobsStorage__accountName: "contosostate" });
  const identity = { getToken: async () => null };
  const open = sourceDeps({ settings, clock: createFixedClock(), identity }, () => Promise.reject(new Error("None")));
  const rules = { expressions: await createExpressions() };
  try {
    for (let opening = 0; opening < 3; opening += 1) {
      const { httpAsk } = await open(rules, createRecordingLog());
      await httpAsk({ url: `http://127.0.0.1:${port}/`, headers: {} }, new AbortController().signal);
    }

    expect(connections).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
