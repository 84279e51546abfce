// Several processes of the app over one store and one queue, with as many services as they like: what it took, what the
// services were asked, who held which lease.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CompanySize, createCompany } from "./company.ts";
import { writeHrFile } from "./company-files.ts";
import { type Holding, heldTwice } from "./lease-watch.ts";
import { measure } from "./measured.ts";
import type { Measurement } from "./measurement.ts";
import { type Asked, startSimulator } from "./simulator.ts";
import type { ArmLimits } from "./simulator-job.ts";
import { startStorage } from "./storage-stage.ts";
import type { Report } from "./task.ts";

type Job = {
  readonly services: number;
  readonly company: CompanySize;
  readonly armLimits: ArmLimits;
  readonly sharedLimits: boolean;
  readonly processes: number;
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly deliveries: number;
};

export type Worked = {
  readonly reports: readonly Report[];
  /** One for each service. */
  readonly asked: readonly Asked[];
  readonly holdings: readonly Holding[];
};

/** The first load of each service. */
export async function runWorkers(folder: string, job: Job): Promise<Worked> {
  const { services, company, armLimits, sharedLimits, processes, batchSize, newBatchThreshold, deliveries } = job;
  const hrFile = join(folder, "workers.csv");
  await writeHrFile(hrFile, createCompany(company));
  const [simulator, stage] = await Promise.all([
    startSimulator({ services, armLimits, sharedLimits }),
    startStorage(folder),
  ]);
  try {
    const endpoints = [...simulator.endpoints];
    const leasesFiles = Array.from({ length: processes }, (_, number) => join(folder, `leases-${number}.json`));
    const reports = await Promise.all(
      leasesFiles.map((leasesFile, number) => {
        const setup = { endpoints, company, hrFile, mode: "apply", door: "arm", armLimits, sharedLimits } as const;
        const { storage } = stage;
        const asks = number === 0;
        const worker = { asks, storage, prefix: "bench", leasesFile, batchSize, newBatchThreshold, deliveries };
        return measure({ kind: "queueWorker", ...setup, ...worker }, stage.environment);
      }),
    );
    const asked = await Promise.all(endpoints.map((endpoint) => simulator.asked(endpoint)));
    const files = await Promise.all(leasesFiles.map((file) => readFile(file, "utf8")));
    return { reports, asked, holdings: files.flatMap(readHoldings) };
  } finally {
    await Promise.all([simulator.close(), stage.close()]);
  }
}

function readHoldings(text: string): readonly Holding[] {
  const holdings: readonly Holding[] = JSON.parse(text);
  return holdings;
}

/** The lines that every such benchmark has: the whole, what was refused, leases held twice. */
export function describeWorked({ reports, asked, holdings }: Worked, against: Against): readonly Measurement[] {
  const { applied = 0, beganAt = 0, endedAt = 0 } = reports[0]?.facts ?? {};
  const seconds = (endedAt - beganAt) / 1000;
  const requests = asked.reduce((sum, each) => sum + each.total, 0);
  const throttled = asked.reduce((sum, each) => sum + each.throttled, 0);
  const least = against.leastSeconds(applied);
  return [
    {
      what: `All ${asked.length} loads, ${applied.toLocaleString("en")} changes`,
      seconds,
      cpuSeconds: reports.reduce((sum, report) => sum + report.cpuSeconds, 0),
      peakMb: Math.max(...reports.map(({ peakMb }) => peakMb)),
      requests,
      against: { what: `${against.what}, ${least.toFixed(1)} s`, ratio: seconds / least, goal: against.goal },
    },
    {
      what: "Answered 429 for too many requests",
      requests: throttled,
      against: { what: "all requests", ratio: throttled / requests, goal: 0.01 },
    },
    {
      what: "Leases held twice",
      against: { what: `${holdings.length} holdings`, ratio: heldTwice(holdings), goal: 0 },
    },
  ];
}

type Against = {
  readonly what: string;
  readonly goal: number;
  /** For so many changes. */
  leastSeconds(applied: number): number;
};
