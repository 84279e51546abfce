// Starts simulator processes and asks them what they were asked.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Endpoint, endpointSchema, type SimulatorJob } from "./simulator-job.ts";

const reportSchema = z.object({
  counts: z.record(z.string(), z.number()),
  total: z.number(),
  throttled: z.number(),
  mostAtOnce: z.number(),
});

/** What a service was asked since it started. */
export type Asked = z.output<typeof reportSchema>;

export type Simulator = {
  readonly endpoints: readonly Endpoint[];
  /** The first endpoint. */
  readonly endpoint: Endpoint;
  asked(endpoint?: Endpoint): Promise<Asked>;
  resetRequests(): Promise<void>;
  close(): Promise<void>;
};

/** Starts a process with the services of the job and waits until they listen. */
export async function startSimulator(job: SimulatorJob): Promise<Simulator> {
  const script = fileURLToPath(new URL("simulator-main.js", import.meta.url));
  const child = spawn(process.execPath, ["--max-old-space-size=3072", script, JSON.stringify(job)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(() => Promise.reject(new Error("Cannot start the simulator: its process ended"))),
  ]);
  const endpoints = z
    .array(endpointSchema)
    .min(1)
    .parse(JSON.parse(String(line[0])));
  const [endpoint] = endpoints;
  if (endpoint === undefined) throw new Error("Cannot start the simulator: it named no address");
  return {
    endpoints,
    endpoint,
    async asked({ address } = endpoint) {
      const response = await fetch(`${address}/_sim/requests`);
      return reportSchema.parse(await response.json());
    },
    async resetRequests() {
      for (const { address } of endpoints) await fetch(`${address}/_sim/requests/reset`, { method: "POST" });
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
