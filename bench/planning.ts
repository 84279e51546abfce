// How long a plan takes with its reading, against the time that it takes to receive and parse the service's answers; and
// how both grow with the number of people.
import { join } from "node:path";
import { type CompanySize, createCompany } from "./company.ts";
import { writeHrFile } from "./company-files.ts";
import { measure, middle } from "./measured.ts";
import type { Benchmark, GrowthPoint, Measurement } from "./measurement.ts";
import { startSimulator } from "./simulator.ts";
import { startStorage } from "./storage-stage.ts";
import type { OursTask, Report } from "./task.ts";

const groups = 500;
const changedShare = 0.01;
const largest = 75_000;
const sizes = [1_000, 5_000, 10_000, 20_000, 40_000, largest];
const repeats = 3;
const goals = { ratio: 3, peakMb: 300 };

type Planned = { readonly plan: Report; readonly received: Report; readonly whole: Report | undefined };

/** Both in turns, so that what else happens on the machine meets both. */
async function planAndReceive(company: CompanySize, folder: string): Promise<Planned> {
  const hrFile = join(folder, `planning-${company.people}.csv`);
  await writeHrFile(hrFile, createCompany(company));
  const simulator = await startSimulator({ company });
  const { endpoint } = simulator;
  const plans: Report[] = [];
  const receives: Report[] = [];
  const ours = { kind: "ours", endpoint, company, hrFile, door: "direct" } as const;
  try {
    for (let turn = 0; turn < repeats; turn += 1) {
      receives.push(await measure({ kind: "receive", endpoint }));
      plans.push(await measure({ ...ours, mode: "plan" }));
    }
    const whole = company.people === largest ? await runWhole({ ...ours, mode: "apply" }, folder) : undefined;
    return { plan: middle(plans), received: middle(receives), whole };
  } finally {
    await simulator.close();
  }
}

/** With its state and the roster where the app keeps them: their libraries and what they send are a part of the memory. */
async function runWhole(task: OursTask, folder: string): Promise<Report> {
  const { storage, environment, close } = await startStorage(folder);
  try {
    return await measure({ ...task, storage }, environment);
  } finally {
    await close();
  }
}

function describe({ plan, received, whole }: Planned): readonly Measurement[] {
  const { megabytes = 0, pages = 0 } = received.facts;
  return [
    {
      what: `Planning: HR file, service, rules, comparison (${plan.facts.changes} changes)`,
      seconds: plan.seconds,
      cpuSeconds: plan.cpuSeconds,
      requests: pages,
      peakMb: plan.peakMb,
      against: { what: "receiving", ratio: plan.seconds / received.seconds, goal: goals.ratio },
    },
    {
      what: `Receiving the ${Math.round(megabytes)} MB of the service's pages and parsing them`,
      seconds: received.seconds,
      cpuSeconds: received.cpuSeconds,
      requests: pages,
      peakMb: received.peakMb,
    },
    ...(whole === undefined
      ? []
      : [
          {
            what: `Whole run with state and roster in a storage account, ${whole.facts.applied} changes applied`,
            seconds: whole.seconds,
            cpuSeconds: whole.cpuSeconds,
            peakMb: whole.peakMb,
            against: { what: `${goals.peakMb} MB`, ratio: whole.peakMb / goals.peakMb, goal: 1 },
          },
        ]),
  ];
}

/** The benchmark. */
export const planning: Benchmark = {
  name: "planning",
  async run(folder, say) {
    const growth: GrowthPoint[] = [];
    let lines: readonly Measurement[] = [];
    for (const people of sizes) {
      say(`${people} people`);
      const planned = await planAndReceive({ people, groups, changedShare }, folder);
      const { plan, received } = planned;
      growth.push({
        users: people,
        planSeconds: plan.seconds,
        planCpuSeconds: plan.cpuSeconds,
        receiveSeconds: received.seconds,
        planPeakMb: plan.peakMb,
      });
      if (people === largest) lines = describe(planned);
    }
    return { name: this.name, title: "Plan, 75,000 users, 500 groups, 1 % changed", lines, growth };
  },
};
