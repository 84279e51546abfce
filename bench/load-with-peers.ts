// One first load by Rollcall and by the scripts that people write instead: the same company, each into a new service of
// its own, all under the same limits and at the same latency.
import { type CompanySize, createCompany, employees } from "./company.ts";
import { measure } from "./measured.ts";
import { startSimulator } from "./simulator.ts";
import type { ArmLimits, Endpoint } from "./simulator-job.ts";
import type { Report, Task } from "./task.ts";

type Load = {
  readonly company: CompanySize;
  readonly hrFile: string;
  readonly armLimits: ArmLimits;
  readonly latencyMs?: number;
  /** Requests that Rollcall has under way, its own choice where absent; the scripts have eight. */
  readonly concurrency?: number;
};

/** One who loads, and what it took. */
export type Loaded = {
  readonly name: string;
  readonly ours: boolean;
  readonly took: Omit<Report, "facts"> & { readonly requests: number };
  readonly writes: number;
  /** The status of the answer that ended the load before everything was written. */
  readonly stoppedBy: number | undefined;
  /** Requests answered 429. */
  readonly throttled: number;
};

/** Writes that bring a new service in step with the company: one for each group, account and membership. */
export function writesNeeded(size: CompanySize): number {
  const company = createCompany(size);
  const today = new Date().toISOString().slice(0, 10);
  let writes = company.groups.length;
  for (const employee of employees(company)) {
    writes += 1 + company.groups.filter(({ holds }) => holds(employee, today)).length;
  }
  return writes;
}

/** Rollcall first, then its peers. */
export async function loadWithPeers(load: Load, say: (text: string) => void): Promise<readonly Loaded[]> {
  const { company, hrFile, armLimits, latencyMs, concurrency } = load;
  const run = async (name: string, taskAt: (endpoint: Endpoint) => Task): Promise<Loaded> => {
    say(name);
    const simulator = await startSimulator({ armLimits, latencyMs });
    try {
      const task = taskAt(simulator.endpoint);
      const { facts, ...took } = await measure(task);
      const { total, throttled } = await simulator.asked();
      const writes = facts.applied ?? facts.writes ?? 0;
      const { stoppedBy } = facts;
      return { name, ours: task.kind === "ours", took: { ...took, requests: total }, writes, stoppedBy, throttled };
    } finally {
      await simulator.close();
    }
  };
  const given = { company, hrFile };
  const own = { ...given, mode: "apply", door: "arm", armLimits, concurrency } as const;
  return [
    await run("Rollcall", (endpoint) => ({ kind: "ours", endpoint, ...own })),
    await run("fair script with the official SDK", (endpoint) => ({ kind: "fairScript", endpoint, ...given })),
    await run("usual script with the official SDK", (endpoint) => ({ kind: "usualScript", endpoint, ...given })),
  ];
}
