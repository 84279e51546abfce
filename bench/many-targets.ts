// Many services at once on one machine, each with limits of its own, over one store and one queue: does any of them wait
// for another.
import { leastSecondsFor } from "./least-time.ts";
import type { Benchmark } from "./measurement.ts";
import { describeWorked, runWorkers } from "./run-workers.ts";
import type { ArmLimits } from "./simulator-job.ts";

const services = 30;
const company = { people: 200, groups: 10, changedShare: 0 };
const armLimits: ArmLimits = {
  reads: { capacity: 25, perSecond: 25 },
  writes: { capacity: 20, perSecond: 10 },
  deletes: { capacity: 20, perSecond: 10 },
};
/** Two instances that take messages while fewer than thirty are in work, each message twice: with host.json's two at a
 * time it would take fifteen of them. */
const host = { processes: 2, batchSize: 16, newBatchThreshold: 29, deliveries: 2 };

/** The benchmark. */
export const manyTargets: Benchmark = {
  name: "many-targets",
  async run(folder) {
    const worked = await runWorkers(folder, { services, company, armLimits, sharedLimits: false, ...host });
    const [first = 0, last = 0] = ["firstEndedAt", "endedAt"].map(
      (ended) => ((worked.reports[0]?.facts[ended] ?? 0) - (worked.reports[0]?.facts.beganAt ?? 0)) / 1000,
    );
    const [whole, ...rest] = describeWorked(worked, {
      what: "least time of the slowest service",
      goal: 1.2,
      leastSeconds: () => Math.max(...worked.asked.map((each) => leastSecondsFor(each, armLimits))),
    });
    return {
      name: this.name,
      title: `${services} services at once, ${host.processes} processes, each message delivered ${host.deliveries} times, limits of Resource Manager with a tenth of the capacity each`,
      lines: [
        ...(whole === undefined ? [] : [whole]),
        {
          what: "The last load to end",
          seconds: last,
          against: { what: `the first one, ${first.toFixed(1)} s`, ratio: last / first },
        },
        ...rest,
      ],
    };
  },
};
