// A burst of events as the app meets it: through its door, the queue and the queue's worker, in one process of the local
// Functions host with the settings of host.json. `requests` measures the looks alone.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCertificate } from "../dev/certificate.ts";
import { measure } from "./measured.ts";
import type { Benchmark } from "./measurement.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const events = 2_000;
const armReadsPerSecond = 25;

export const eventBurst: Benchmark = {
  name: "events",
  async run(folder) {
    const own = join(folder, "events");
    // The process trusts it from its start.
    const { caFile } = await createCertificate(own);
    const { facts, cpuSeconds, peakMb } = await measure(
      { kind: "eventBurst", root, folder: own, events },
      { NODE_EXTRA_CA_CERTS: caFile },
    );
    const fact = (name: string): number => facts[name] ?? 0;
    const [seconds, simulator] = [fact("seconds"), fact("simulatorSeconds")];
    const rate = (took: number): number => Math.round(events / took);
    return {
      name: "events",
      title: `A burst of ${events.toLocaleString("en")} events through door, queue and one worker`,
      lines: [
        {
          what: `${rate(seconds)} decisions a second, ${rate(seconds - simulator)} without the simulator's own time`,
          seconds,
          cpuSeconds,
          peakMb,
          requests: fact("requests"),
          armSeconds: fact("requests") / armReadsPerSecond,
        },
        { what: "From an event to its decision, 95th percentile", seconds: fact("p95") },
        {
          what: "… without the simulator's own time, as its share of the whole",
          seconds: fact("p95") * (1 - simulator / seconds),
        },
      ],
    };
  },
};
