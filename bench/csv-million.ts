// How long reading a large HR file takes of which few people are within the scope, and in how much memory: against the
// time that the parser alone takes for the same file, in turns.
import { join } from "node:path";
import { createCompany } from "./company.ts";
import { writeHrFile } from "./company-files.ts";
import { measure, middle } from "./measured.ts";
import type { Benchmark } from "./measurement.ts";
import type { Report } from "./task.ts";

const people = 1_000_000;
const inScope = 75_000;
const others = 40;
const repeats = 3;
const goals = { ratio: 2, peakMb: 300 };

/** Spread over the whole file, as in an export that is sorted by number. */
function organizationOf(index: number): string {
  const before = Math.floor((index * inScope) / people);
  const isIn = Math.floor(((index + 1) * inScope) / people) > before;
  return isIn ? "Contoso" : `Company ${index % others}`;
}

/** The benchmark. */
export const csvMillion: Benchmark = {
  name: "csv-million",
  async run(folder, say) {
    const hrFile = join(folder, "million.csv");
    say("writing the file");
    const company = createCompany({ people, groups: 500, changedShare: 0 });
    await writeHrFile(hrFile, company, (employee, index) => ({ ...employee, organization: organizationOf(index) }));
    const ours: Report[] = [];
    const alone: Report[] = [];
    for (let turn = 0; turn < repeats; turn += 1) {
      say(`turn ${turn + 1} of ${repeats}`);
      alone.push(await measure({ kind: "parseCsv", hrFile }));
      ours.push(await measure({ kind: "readPeople", hrFile, scope: 'person.organization == "Contoso"' }));
    }
    const [read, parsed] = [middle(ours), middle(alone)];
    const { present, leftOut } = read.facts;
    return {
      name: this.name,
      title: "CSV of 1,000,000 rows, 75,000 people in scope",
      lines: [
        {
          what: `Read, mapped, scoped, checked for duplicates (${present} present, ${leftOut} left out)`,
          seconds: read.seconds,
          cpuSeconds: read.cpuSeconds,
          peakMb: read.peakMb,
          against: { what: "csv-parse alone", ratio: read.seconds / parsed.seconds, goal: goals.ratio },
        },
        {
          what: "csv-parse alone",
          seconds: parsed.seconds,
          cpuSeconds: parsed.cpuSeconds,
          peakMb: parsed.peakMb,
        },
        {
          what: "Peak resident set of the reading",
          peakMb: read.peakMb,
          against: { what: `${goals.peakMb} MB`, ratio: read.peakMb / goals.peakMb, goal: 1 },
        },
      ],
    };
  },
};
