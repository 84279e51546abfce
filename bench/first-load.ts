// How near a first load comes to the least time that the service's limits allow, at both doors.
import { join } from "node:path";
import { createCompany } from "./company.ts";
import { writeHrFile } from "./company-files.ts";
import { leastSecondsFor } from "./least-time.ts";
import { measure } from "./measured.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import { startSimulator } from "./simulator.ts";
import type { ArmLimits } from "./simulator-job.ts";

/** A tenth of Resource Manager's capacity at its own speed, so that a load ends within a minute and nearly all of it is
 * waiting for the bucket. */
const scaledLimits: ArmLimits = {
  reads: { capacity: 25, perSecond: 25 },
  writes: { capacity: 20, perSecond: 10 },
  deletes: { capacity: 20, perSecond: 10 },
};

const armCompany = { people: 240, groups: 10, changedShare: 0 };
/** As many as the unchanged run has: planning is a small part of it then, as it is of every load that takes long. */
const directCompany = { people: 20_000, groups: 50, changedShare: 0 };
const latencyMs = 20;
/** Enough of them to know what this machine makes of the latency when nothing but the calls is done. */
const bareCalls = 8_000;
/** What the kill test works with, and the client's own choice. */
const concurrencies = [8, 16];

async function throughArm(folder: string): Promise<readonly Measurement[]> {
  const company = armCompany;
  const hrFile = join(folder, "first-load-arm.csv");
  await writeHrFile(hrFile, createCompany(company));
  const simulator = await startSimulator({ armLimits: scaledLimits });
  try {
    const { endpoint } = simulator;
    const task = { kind: "ours", endpoint, company, hrFile, mode: "apply", door: "arm" } as const;
    const { facts, ...took } = await measure({ ...task, armLimits: scaledLimits });
    const asked = await simulator.asked();
    // Every change is one write; what was refused and sent again does not lengthen the least time.
    const least = leastSecondsFor({ counts: { "PUT users": facts.applied ?? 0 } }, scaledLimits);
    return [
      {
        what: `Resource Manager's door, ${company.people.toLocaleString("en")} users (${facts.applied} changes)`,
        ...took,
        requests: asked.total,
        against: { what: `least time of the buckets, ${least.toFixed(1)} s`, ratio: took.seconds / least, goal: 1.05 },
      },
      {
        what: "Answered 429 for too many requests",
        requests: asked.throttled,
        against: { what: "all requests", ratio: asked.throttled / asked.total, goal: 0.01 },
      },
    ];
  } finally {
    await simulator.close();
  }
}

async function throughDirect(folder: string, concurrency: number): Promise<readonly Measurement[]> {
  const company = directCompany;
  const hrFile = join(folder, "first-load-direct.csv");
  await writeHrFile(hrFile, createCompany(company));
  const simulator = await startSimulator({ latencyMs });
  try {
    const { endpoint } = simulator;
    const task = { kind: "ours", endpoint, company, hrFile, mode: "apply", door: "direct", concurrency } as const;
    const { facts, ...took } = await measure(task);
    const { total } = await simulator.asked();
    const bare = await measure({ kind: "bareCalls", endpoint, calls: bareCalls, concurrency });
    const leastFor = (calls: number): number => (latencyMs / 1000) * (calls / concurrency);
    const [least, bareLeast] = [leastFor(total), leastFor(bareCalls)];
    const what = `latency × calls / concurrency, ${least.toFixed(1)} s`;
    return [
      {
        what: `Direct door at ${latencyMs} ms, ${concurrency} at a time, ${company.people.toLocaleString("en")} users (${facts.applied} changes)`,
        ...took,
        requests: total,
        against: { what, ratio: took.seconds / least, goal: 1.1 },
      },
      {
        what: `${bareCalls.toLocaleString("en")} calls, ${concurrency} at a time, with Node's own HTTP client, nothing else done`,
        seconds: bare.seconds,
        cpuSeconds: bare.cpuSeconds,
        peakMb: bare.peakMb,
        requests: bareCalls,
        against: { what: `latency × calls / concurrency, ${bareLeast.toFixed(1)} s`, ratio: bare.seconds / bareLeast },
      },
    ];
  } finally {
    await simulator.close();
  }
}

/** The benchmark. */
export const firstLoad: Benchmark = {
  name: "first-load",
  async run(folder, say) {
    say("Resource Manager's door");
    const arm = await throughArm(folder);
    say("direct door");
    const lines = [...arm];
    for (const concurrency of concurrencies) lines.push(...(await throughDirect(folder, concurrency)));
    return { name: this.name, title: "First load, Resource Manager's speed with a tenth of its capacity", lines };
  },
};
