// Many services at once in one process, each with limits of its own: does any of them wait for another.
import { join } from "node:path";
import { createCompany } from "./company.ts";
import { writeHrFile } from "./company-files.ts";
import { leastSecondsFor } from "./least-time.ts";
import { measure } from "./measured.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import { startSimulator } from "./simulator.ts";
import type { ArmLimits } from "./simulator-job.ts";

const services = 30;
const company = { people: 200, groups: 10, changedShare: 0 };
const limits: ArmLimits = {
  reads: { capacity: 25, perSecond: 25 },
  writes: { capacity: 20, perSecond: 10 },
  deletes: { capacity: 20, perSecond: 10 },
};

/** The benchmark. */
export const manyTargets: Benchmark = {
  name: "many-targets",
  async run(folder) {
    const hrFile = join(folder, "many-targets.csv");
    await writeHrFile(hrFile, createCompany(company));
    const simulator = await startSimulator({ services, armLimits: limits });
    try {
      const endpoints = [...simulator.endpoints];
      const task = { kind: "manyTargets", endpoints, company, hrFile, mode: "apply", door: "arm" } as const;
      const { facts, ...took } = await measure({ ...task, armLimits: limits });
      const asked = await Promise.all(endpoints.map((endpoint) => simulator.asked(endpoint)));
      const least = Math.max(...asked.map((each) => leastSecondsFor(each, limits)));
      const { firstSeconds = 0, lastSeconds = 0, waited = 0, holdings = 0 } = facts;
      const throttled = asked.reduce((sum, each) => sum + each.throttled, 0);
      const requests = asked.reduce((sum, each) => sum + each.total, 0);
      const lines: readonly Measurement[] = [
        {
          what: `All ${services} loads, ${facts.applied} changes`,
          ...took,
          requests,
          against: {
            what: `least time of the slowest service, ${least.toFixed(1)} s`,
            ratio: took.seconds / least,
            goal: 1.2,
          },
        },
        {
          what: "The last load to end",
          seconds: lastSeconds,
          against: { what: `the first one, ${firstSeconds.toFixed(1)} s`, ratio: lastSeconds / firstSeconds },
        },
        {
          what: "Answered 429 for too many requests",
          requests: throttled,
          against: { what: "all requests", ratio: throttled / requests, goal: 0.01 },
        },
        {
          what: `Leases held twice, each run asked for twice at once (${waited} found the lease held)`,
          against: { what: `${holdings} holdings`, ratio: facts.heldTwice ?? 0, goal: 0 },
        },
      ];
      return {
        name: this.name,
        title: `${services} services at once, limits of Resource Manager with a tenth of the capacity each`,
        lines,
      };
    } finally {
      await simulator.close();
    }
  },
};
