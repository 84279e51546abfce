// Runs one task in a process of its own and takes its time and its peak of memory.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Report, reportSchema, type Task } from "./task.ts";

const limitMs = 15 * 60_000;

/** What the task took. Start of the process and loading of the task's own file do not count. */
export async function measure(task: Task, environment: NodeJS.ProcessEnv = {}): Promise<Report> {
  const script = fileURLToPath(new URL("task-main.js", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
    timeout: limitMs,
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = z.tuple([z.number().nullable(), z.unknown()]).parse(await once(child, "close"));
  if (code !== 0) throw new Error(`Cannot measure "${task.kind}": its process ended with code ${code}`);
  return reportSchema.parse(JSON.parse(output));
}

/** The run in the middle of an odd number of runs, by time. */
export function middle(reports: readonly Report[]): Report {
  const sorted = [...reports].sort((a, b) => a.seconds - b.seconds);
  const found = sorted[Math.floor(sorted.length / 2)];
  if (found === undefined) throw new Error("Cannot take the middle of no runs");
  return found;
}
