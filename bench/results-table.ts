// The results as one table, for the terminal and for the documentation.
import type { BenchmarkResult, Measurement } from "./measurement.ts";

const headings = [
  "Benchmark",
  "Time (s)",
  "CPU (s)",
  "Requests",
  "ARM (s)",
  "Peak (MB)",
  "Ratio",
  "Against",
  "Goal",
] as const;

function number(value: number | undefined, digits: number): string {
  return value === undefined ? "" : value.toLocaleString("en", { maximumFractionDigits: digits });
}

function cells({ what, seconds, cpuSeconds, requests, armSeconds, peakMb, against }: Measurement): readonly string[] {
  const goal = against?.goal === undefined ? "" : `≤ ${number(against.goal, 2)}`;
  return [
    what,
    number(seconds, 2),
    number(cpuSeconds, 2),
    number(requests, 0),
    number(armSeconds, 0),
    number(peakMb, 0),
    number(against?.ratio, 3),
    against?.what ?? "",
    goal,
  ];
}

/** A Markdown table whose columns line up. */
export function resultsTable(results: readonly BenchmarkResult[]): string {
  const rows = results.flatMap(({ title, lines }) => [[`**${title}**`], ...lines.map(cells)]);
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (column === 0 || column === 7 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 || column === 7 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(headings), rule, ...rows.map(line)].join("\n");
}
