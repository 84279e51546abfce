// What the demo does again and again: say something, run the command line, fire the timer, ask over HTTP and watch.
import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Stack } from "./stack.ts";

const runSchema = z.object({
  id: z.string(),
  status: z.string(),
  digest: z.string().optional(),
  acceptedBy: z.string().optional(),
  sources: z
    .array(
      z.object({
        source: z.string(),
        completeness: z.string(),
        people: z.number(),
        incompleteBecause: z.array(z.string()),
      }),
    )
    .optional(),
  verdict: z.object({ status: z.string(), breaches: z.array(z.object({ text: z.string() })).optional() }).optional(),
  planned: z.record(z.string(), z.number()).optional(),
  outcomes: z.object({ applied: z.number(), skipped: z.number(), failed: z.number() }).optional(),
  progress: z.object({ done: z.number(), left: z.number() }).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

export type ShownRun = z.output<typeof runSchema>;

export type Demo = {
  readonly stack: Stack;
  say(text: string): void;
  title(text: string): void;
  /** A text that is not the story's own, set off from it. */
  step(text: string): void;
  /** Standard output of the command line. */
  cli(...args: readonly string[]): Promise<string>;
  /** Runs the command line and shows what it was asked and what it says. */
  show(...args: readonly string[]): Promise<void>;
  post(body: object, key: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Fires the timer and watches the run that it asks for. */
  fireTimer(): Promise<ShownRun>;
  /** Asks for a run over HTTP and watches it to its end. */
  apply(more?: { readonly accept: string }, key?: string): Promise<ShownRun>;
};

const ended = ["planned", "blocked", "finished", "failed", "cancelled"];
const pollMs = 40;
const barWidth = 40;
/** Where the output is no terminal that knows its width. */
const usualWidth = 120;
const quoted = "  │ ";

function bar(done: number, all: number): string {
  const filled = all === 0 ? 0 : Math.round((barWidth * done) / all);
  return `[${"█".repeat(filled)}${"░".repeat(barWidth - filled)}] ${done} of ${all}`;
}

function summary(run: ShownRun): string {
  const { outcomes, status, acceptedBy, planned = {}, error } = run;
  if (error !== undefined) return `Run ${run.id}: ${status}; ${error.code}: ${error.message}`;
  const kinds = Object.entries(planned)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
  const accepted = acceptedBy === undefined ? "" : `, accepted by the key "${acceptedBy}"`;
  if (status === "blocked") return `Run blocked, nothing is written (${kinds} planned)`;
  const counts =
    outcomes === undefined
      ? ""
      : `: applied ${outcomes.applied}, skipped ${outcomes.skipped}, failed ${outcomes.failed}`;
  return `Run ${status}${accepted}${counts} (${kinds || "nothing to change"})`;
}

function progressLine({ progress, status }: ShownRun): string | undefined {
  const all = progress === undefined ? 0 : progress.done + progress.left;
  return progress === undefined || all === 0 || status === "blocked" ? undefined : bar(progress.done, all);
}

/** A line in pieces of at most that width, cut at spaces that are not within brackets; the second one and those after it
 * stand `further` in. A line of a table stays as it is. */
function wrap(line: string, width: number, further: number): readonly string[] {
  if (line.length <= width || /\S {3,}\S/.test(line)) return [line];
  const [indent = ""] = /^ */.exec(line) ?? [];
  const pieces: string[] = [];
  let piece = indent;
  for (const word of line.slice(indent.length).split(/ (?![^[]*\])/)) {
    const longer = piece.trim() === "" ? `${piece}${word}` : `${piece} ${word}`;
    if (longer.length <= width || piece.trim() === "") {
      piece = longer;
      continue;
    }
    pieces.push(piece);
    piece = `${indent}${" ".repeat(further)}${word}`;
  }
  return [...pieces, piece];
}

/** The tools over a running stack. */
export function createDemo(stack: Stack, root: string): Demo {
  const write = (text: string, before: string, further: number): void => {
    const width = (process.stdout.columns ?? usualWidth) - before.length;
    const lines = text.split("\n").flatMap((line) => wrap(line, width, further));
    for (const line of lines) console.log(`${before}${line}`.trimEnd());
  };
  const say = (text: string): void => write(text, "", 0);
  const step = (text: string): void => write(text.trimEnd(), quoted, 4);
  const tty = process.stdout.isTTY;

  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${stack.host.address}/api/${path}`, {
      headers: { "x-functions-key": stack.keys.default },
    });
    return answer.json();
  };

  /** In place on a terminal; in a file only the last one. */
  const showProgress = (run: ShownRun, over: boolean): void => {
    const line = progressLine(run);
    if (line === undefined) return;
    if (tty) process.stdout.write(`\r${line}${over ? "\n" : ""}`);
    else if (over) say(line);
  };

  const watch = async (id: string): Promise<ShownRun> => {
    for (;;) {
      const run = runSchema.parse(await get(`runs/${id}`));
      const over = ended.includes(run.status);
      showProgress(run, over);
      if (over) {
        say(summary(run));
        return run;
      }
      await delay(pollMs);
    }
  };

  const post: Demo["post"] = async (body, key) => {
    const answer = await fetch(`${stack.host.address}/api/sync`, {
      method: "POST",
      headers: { "x-functions-key": key },
      body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  };

  const cli: Demo["cli"] = (...args) =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [`${root}dist/cli/main.js`, ...args],
        { env: { ...process.env, ...stack.env } },
        (_, stdout, stderr) => {
          if (stderr !== "") process.stderr.write(stderr);
          resolve(stdout);
        },
      );
    });

  const latestTimed = async (): Promise<string | undefined> => {
    const { runs } = z
      .object({ runs: z.array(z.object({ id: z.string(), trigger: z.string() })) })
      .parse(await get("runs"));
    return runs.find((run) => run.trigger === "timer")?.id;
  };

  return {
    stack,
    say,
    title: (text) => say(tty ? `\n\u001b[1m${text}\u001b[0m` : `\n${text}`),
    step,
    cli,
    async show(...args) {
      const output = await cli(...args);
      say(`$ rollcall ${args.join(" ")}`);
      step(output);
    },
    post,
    async fireTimer() {
      await stack.host.fireTimer("sync-timer");
      // The host's own clock may have fired it a moment ago; then there is nothing more to ask for.
      const id = await latestTimed();
      if (id === undefined) throw new Error("The timer asked for no run");
      return watch(id);
    },
    async apply(more = { accept: "" }, key = stack.keys.default) {
      const { status, text } = await post(
        { target: "contoso", mode: "apply", ...(more.accept === "" ? {} : more) },
        key,
      );
      if (status !== 202) throw new Error(`POST /api/sync answered ${status}: ${text}`);
      return watch(z.object({ runId: z.string() }).parse(JSON.parse(text)).runId);
    },
  };
}
