// Ten services in one Azure subscription share its limits, and two processes work on them with one store and one queue:
// how much of the shared bucket is lost when the services take turns.
import { leastSecondsFor } from "./least-time.ts";
import type { Benchmark } from "./measurement.ts";
import { describeWorked, runWorkers } from "./run-workers.ts";
import type { ArmLimits } from "./simulator-job.ts";

const services = 10;
const processes = 2;
const company = { people: 200, groups: 10, changedShare: 0 };

/** Resource Manager's capacity at four times its speed: a load of the ten services ends within two minutes. */
const armLimits: ArmLimits = {
  reads: { capacity: 250, perSecond: 100 },
  writes: { capacity: 200, perSecond: 40 },
  deletes: { capacity: 200, perSecond: 40 },
};

/** The benchmark. */
export const sharedBucket: Benchmark = {
  name: "shared-bucket",
  async run(folder) {
    // As many messages at a time as host.json says.
    const host = { processes, batchSize: 2, newBatchThreshold: 0, deliveries: 1 };
    const worked = await runWorkers(folder, { services, company, armLimits, sharedLimits: true, ...host });
    const lines = describeWorked(worked, {
      what: "least time of the one bucket",
      goal: 1.05,
      // Every change is one write; what was refused and sent again does not lengthen the least time.
      leastSeconds: (applied) => leastSecondsFor({ counts: { "PUT users": applied } }, armLimits),
    });
    const title = `${services} services in one subscription, ${processes} processes over one store, limits of Resource Manager at four times its speed`;
    return { name: this.name, title, lines };
  },
};
