// Ten services in one Azure subscription share its limits, and two processes work on them with one store and one queue:
// how much of the shared bucket is lost when the services take turns.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startAzurite } from "../dev/azurite/azurite.ts";
import { createCertificate } from "../dev/certificate.ts";
import { startIdentitySimulator } from "../dev/identity/identity-server.ts";
import { createCompany } from "./company.ts";
import { writeHrFile } from "./company-files.ts";
import { type Holding, heldTwice } from "./lease-watch.ts";
import { leastSecondsFor } from "./least-time.ts";
import { measure } from "./measured.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import { type Asked, startSimulator } from "./simulator.ts";
import type { ArmLimits } from "./simulator-job.ts";
import type { QueueWorkerTask, Report } from "./task.ts";

const services = 10;
const processes = 2;
const company = { people: 200, groups: 10, changedShare: 0 };
const prefix = "bench";

/** Resource Manager's capacity at four times its speed: a load of the ten services ends within two minutes. */
const limits: ArmLimits = {
  reads: { capacity: 250, perSecond: 100 },
  writes: { capacity: 200, perSecond: 40 },
  deletes: { capacity: 200, perSecond: 40 },
};

type Storage = QueueWorkerTask["storage"];

type Stage = {
  readonly storage: Storage;
  /** What a process needs to reach the storage as an app on Azure would. */
  readonly environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
};

async function startStorage(folder: string): Promise<Stage> {
  const certificate = await createCertificate(folder);
  const [azurite, identity] = await Promise.all([
    startAzurite({ certificate, startLimitMs: 120_000 }),
    startIdentitySimulator({ port: 0 }),
  ]);
  const { blob, table, queue } = azurite;
  return {
    storage: { blob, table, queue },
    environment: {
      IDENTITY_ENDPOINT: identity.endpoint,
      IDENTITY_HEADER: identity.header,
      NODE_EXTRA_CA_CERTS: certificate.caFile,
    },
    async close() {
      await Promise.all([azurite.close(), identity.close()]);
    },
  };
}

/** The benchmark. */
export const sharedBucket: Benchmark = {
  name: "shared-bucket",
  async run(folder) {
    const hrFile = join(folder, "shared-bucket.csv");
    await writeHrFile(hrFile, createCompany(company));
    const [simulator, stage] = await Promise.all([
      startSimulator({ services, armLimits: limits, sharedLimits: true }),
      startStorage(folder),
    ]);
    try {
      const endpoints = [...simulator.endpoints];
      const leasesFiles = Array.from({ length: processes }, (_, number) => join(folder, `leases-${number}.json`));
      const reports = await Promise.all(
        leasesFiles.map((leasesFile, number) => {
          const setup = { endpoints, company, hrFile, mode: "apply", door: "arm", armLimits: limits } as const;
          const worker = { asks: number === 0, storage: stage.storage, prefix, leasesFile, sharedLimits: true };
          return measure({ kind: "queueWorker", ...setup, ...worker }, stage.environment);
        }),
      );
      const asked = await Promise.all(endpoints.map((endpoint) => simulator.asked(endpoint)));
      const files = await Promise.all(leasesFiles.map((file) => readFile(file, "utf8")));
      return { name: this.name, title, lines: describe(reports, asked, files.flatMap(readHoldings)) };
    } finally {
      await Promise.all([simulator.close(), stage.close()]);
    }
  },
};

const title = `${services} services in one subscription, ${processes} processes over one store, limits of Resource Manager at four times its speed`;

function readHoldings(text: string): readonly Holding[] {
  const holdings: readonly Holding[] = JSON.parse(text);
  return holdings;
}

function describe(
  reports: readonly Report[],
  asked: readonly Asked[],
  holdings: readonly Holding[],
): readonly Measurement[] {
  const { applied = 0, beganAt = 0, endedAt = 0 } = reports[0]?.facts ?? {};
  const seconds = (endedAt - beganAt) / 1000;
  // Every change is one write; what was refused and sent again does not lengthen the least time.
  const least = leastSecondsFor({ counts: { "PUT users": applied } }, limits);
  const requests = asked.reduce((sum, each) => sum + each.total, 0);
  const throttled = asked.reduce((sum, each) => sum + each.throttled, 0);
  return [
    {
      what: `All ${services} loads, ${applied.toLocaleString("en")} changes`,
      seconds,
      cpuSeconds: reports.reduce((sum, report) => sum + report.cpuSeconds, 0),
      peakMb: Math.max(...reports.map(({ peakMb }) => peakMb)),
      requests,
      against: { what: `least time of the one bucket, ${least.toFixed(1)} s`, ratio: seconds / least, goal: 1.05 },
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
