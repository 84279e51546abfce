// How near a first load comes to the least time that the service's limits allow, at both doors, and how near the scripts
// come that people write instead.
import { join } from "node:path";
import { type CompanySize, createCompany } from "./company.ts";
import { writeHrFile } from "./company-files.ts";
import { leastSecondsFor } from "./least-time.ts";
import { type Loaded, loadWithPeers, writesNeeded } from "./load-with-peers.ts";
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
/** Nobody ever waits for these. Rollcall would go by the published ones if it were told none. */
const wide = { capacity: 1_000_000, perSecond: 1_000_000 };
const wideLimits: ArmLimits = { reads: wide, writes: wide, deletes: wide };

const armCompany = { people: 240, groups: 10, changedShare: 0 };
/** As many as the unchanged run has: planning is a small part of it then, as it is of every load that takes long. */
const directCompany = { people: 20_000, groups: 50, changedShare: 0 };
/** Fewer, as three load it one after the other. */
const latencyCompany = { people: 2_000, groups: 50, changedShare: 0 };
const latencyMs = 20;
/** Enough of them to know what this machine makes of the latency when nothing but the calls is done. */
const bareCalls = 8_000;
/** What the kill test works with, and the client's own choice. */
const concurrencies = [8, 16];
/** Requests that a script has under way: the scripts' `eightAtATime`. */
const scriptConcurrency = 8;

type Say = (text: string) => void;

async function hrFileOf(company: CompanySize, folder: string): Promise<string> {
  const hrFile = join(folder, `first-load-${company.people}.csv`);
  await writeHrFile(hrFile, createCompany(company));
  return hrFile;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

/** A load that ended early has no ratio: the writes that it left out would have taken time as well. */
function loadLine(
  { name, took, writes, stoppedBy }: Loaded,
  where: string,
  needed: number,
  against: NonNullable<Measurement["against"]>,
): Measurement {
  if (stoppedBy === undefined) return { what: `${where}: ${name} (${count(writes)} writes)`, ...took, against };
  const far = `stopped after ${count(writes)} of ${count(needed)} writes: ${stoppedBy}`;
  return { what: `${where}: ${name} (${far})`, ...took };
}

async function throughArm(folder: string, say: Say): Promise<readonly Measurement[]> {
  const company = armCompany;
  const needed = writesNeeded(company);
  // What was refused and sent again does not lengthen the least time.
  const least = leastSecondsFor({ counts: { "PUT users": needed } }, scaledLimits);
  const what = `least time of the buckets, ${least.toFixed(1)} s`;
  const hrFile = await hrFileOf(company, folder);
  const loaded = await loadWithPeers({ company, hrFile, armLimits: scaledLimits }, say);
  const where = `Resource Manager's door, ${count(company.people)} users`;
  return [
    ...loaded.map((each) => {
      const against = { what, ratio: each.took.seconds / least, ...(each.ours && { goal: 1.05 }) };
      return loadLine(each, where, needed, against);
    }),
    ...loaded.map(({ name, ours, took: { requests }, throttled }) => ({
      what: `Answered 429 for too many requests: ${name}`,
      requests: throttled,
      against: { what: "all requests", ratio: throttled / requests, ...(ours && { goal: 0.01 }) },
    })),
  ];
}

/** At Resource Manager's door, because the official SDK speaks no other dialect. */
async function atLatency(folder: string, say: Say): Promise<readonly Measurement[]> {
  const company = latencyCompany;
  const needed = writesNeeded(company);
  const least = (latencyMs / 1000) * (needed / scriptConcurrency);
  const what = `latency × writes / ${scriptConcurrency} at a time, ${least.toFixed(1)} s`;
  const hrFile = await hrFileOf(company, folder);
  const load = { company, hrFile, armLimits: wideLimits, latencyMs, concurrency: scriptConcurrency };
  const where = `Resource Manager's door without limits, ${latencyMs} ms, ${count(company.people)} users`;
  return (await loadWithPeers(load, say)).map((each) =>
    loadLine(each, where, needed, { what, ratio: each.took.seconds / least }),
  );
}

async function throughDirect(folder: string, concurrency: number): Promise<readonly Measurement[]> {
  const company = directCompany;
  const hrFile = await hrFileOf(company, folder);
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
        what: `Direct door at ${latencyMs} ms, ${concurrency} at a time, ${count(company.people)} users (${count(facts.applied ?? 0)} changes)`,
        ...took,
        requests: total,
        against: { what, ratio: took.seconds / least, goal: 1.1 },
      },
      {
        what: `${count(bareCalls)} calls, ${concurrency} at a time, with Node's own HTTP client, nothing else done`,
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
    const lines = [
      ...(await throughArm(folder, (name) => say(`Resource Manager's door: ${name}`))),
      ...(await atLatency(folder, (name) => say(`without limits at ${latencyMs} ms: ${name}`))),
    ];
    for (const concurrency of concurrencies) {
      say(`direct door, ${concurrency} at a time`);
      lines.push(...(await throughDirect(folder, concurrency)));
    }
    return { name: this.name, title: "First load, Resource Manager's speed with a tenth of its capacity", lines };
  },
};
