// How much a run costs when nothing has changed, beside the scripts that people write instead.
import { join } from "node:path";
import { createCompany } from "./company.ts";
import { writeHrFile } from "./company-files.ts";
import { leastSecondsFor, publishedArmLimits } from "./least-time.ts";
import { measure } from "./measured.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import { type Asked, startSimulator } from "./simulator.ts";
import type { Report, Task } from "./task.ts";

const company = { people: 20_000, groups: 50, changedShare: 0 };
const builtIn = { users: 1, groups: 3 };
const pageSize = 100;
const leastPages =
  Math.ceil((company.people + builtIn.users) / pageSize) + Math.ceil((company.groups + builtIn.groups) / pageSize);

/** The benchmark. */
export const unchangedRun: Benchmark = {
  name: "unchanged-run",
  async run(folder, say) {
    const hrFile = join(folder, "unchanged.csv");
    await writeHrFile(hrFile, createCompany(company));
    const simulator = await startSimulator({ company });
    const { endpoint } = simulator;
    const lines: Measurement[] = [];
    const take = async (what: string, task: Task): Promise<void> => {
      say(what);
      await simulator.resetRequests();
      const { facts, ...took } = await measure(task);
      const asked = await simulator.asked();
      const wrote = facts.changes ?? facts.writes ?? 0;
      lines.push(line(`${what} (${wrote} writes)`, took, asked));
    };
    try {
      await take("Rollcall", { kind: "ours", endpoint, company, hrFile, mode: "apply", door: "arm" });
      await take("Fair script with the official SDK", { kind: "fairScript", endpoint, company, hrFile });
      await take("Usual script with the official SDK", { kind: "usualScript", endpoint, company, hrFile });
    } finally {
      await simulator.close();
    }
    const least: Measurement = { what: "Least possible: the pages of users and groups", requests: leastPages };
    return { name: this.name, title: "Unchanged run, 20,000 users, 50 groups", lines: [...lines, least] };
  },
};

function line(what: string, took: Omit<Report, "facts">, asked: Asked): Measurement {
  return {
    what,
    ...took,
    requests: asked.total,
    armSeconds: leastSecondsFor(asked, publishedArmLimits),
    against: {
      what: "least requests",
      ratio: asked.total / leastPages,
      ...(what.startsWith("Rollcall") && { goal: 1 }),
    },
  };
}
