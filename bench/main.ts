// Runs the benchmarks, prints one table, and writes what docs/performance.md shows. `npm run bench -- planning` runs
// only what it names and keeps the other results.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { csvMillion } from "./csv-million.ts";
import { doors } from "./doors.ts";
import { eventBurst } from "./event-burst.ts";
import { firstLoad } from "./first-load.ts";
import { drawGrowth } from "./growth-plot.ts";
import { manyTargets } from "./many-targets.ts";
import type { Benchmark, BenchmarkResult } from "./measurement.ts";
import { planning } from "./planning.ts";
import { requestBurst } from "./request-burst.ts";
import { resultsTable } from "./results-table.ts";
import { sharedBucket } from "./shared-bucket.ts";
import { unchangedRun } from "./unchanged-run.ts";

const benchmarks: readonly Benchmark[] = [
  unchangedRun,
  firstLoad,
  planning,
  csvMillion,
  manyTargets,
  sharedBucket,
  requestBurst,
  eventBurst,
  doors,
];
const resultsFile = "docs/performance.json";
const plotFile = "docs/performance-growth.svg";

async function earlierResults(): Promise<readonly BenchmarkResult[]> {
  const text = await readFile(resultsFile, "utf8").catch(() => '{ "results": [] }');
  const file: { readonly results: readonly BenchmarkResult[] } = JSON.parse(text);
  return file.results;
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0)
    throw new Error(`Cannot run ${unknown.join(", ")}: expected ${benchmarks.map(({ name }) => name).join(", ")}`);
  const wanted = benchmarks.filter(({ name }) => names.length === 0 || names.includes(name));
  const folder = await mkdtemp(join(tmpdir(), "rollcall-bench-"));
  const fresh = new Map<string, BenchmarkResult>();
  try {
    for (const benchmark of wanted) {
      const result = await benchmark.run(folder, (text) => process.stderr.write(`${benchmark.name}: ${text}\n`));
      fresh.set(benchmark.name, result);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const earlier = await earlierResults();
  const results = benchmarks.flatMap(
    ({ name }) => fresh.get(name) ?? earlier.find((result) => result.name === name) ?? [],
  );
  const machine = { node: process.version, cores: cpus().length, cpu: cpus()[0]?.model };
  await writeFile(resultsFile, `${JSON.stringify({ machine, results }, null, 2)}\n`);
  const growth = results.find((result) => result.growth !== undefined)?.growth;
  if (growth !== undefined) await writeFile(plotFile, await drawGrowth(growth));
  console.log(resultsTable([...fresh.values()]));
}

await main(process.argv.slice(2));
