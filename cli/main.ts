#!/usr/bin/env node
// The command line: reads the words, runs one command, ends with its exit code.
import { readFile } from "node:fs/promises";
import { type App, createApp } from "../shared/app.ts";
import { suggestion } from "../shared/config/did-you-mean.ts";
import { AppError, asAppError, errorCodes } from "../shared/core/errors.ts";
import { printable } from "../shared/core/printable.ts";
import type { Command, Context, Options } from "./command.ts";
import { exitCodes } from "./command.ts";
import { help } from "./help.ts";
import { readOptions } from "./options.ts";
import { createTerminal } from "./terminal.ts";

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  check: async () => (await import("./commands/check.ts")).check,
  people: async () => (await import("./commands/people.ts")).people,
  plan: async () => (await import("./commands/plan.ts")).plan,
  apply: async () => (await import("./commands/apply.ts")).apply,
  audit: async () => (await import("./commands/audit.ts")).audit,
  decide: async () => (await import("./commands/decide.ts")).decide,
  runs: async () => (await import("./commands/runs.ts")).runs,
  requests: async () => (await import("./commands/requests.ts")).requests,
  token: async () => (await import("./commands/token.ts")).token,
};

async function findCommand(name: string): Promise<Command> {
  const open = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (open !== undefined) return open();
  throw new AppError(
    "CONFIG_INVALID",
    `Cannot run "${name}": there is no such command, expected one of ${Object.keys(commands).join(", ")}${suggestion(name, Object.keys(commands))}`,
  );
}

function appOpener(options: Options): () => Promise<App> {
  let app: Promise<App> | undefined;
  const environment = {
    ...process.env,
    ...(options.config !== undefined && { ROLLCALL_RULES: options.config }),
  };
  return () => {
    app ??= createApp(environment);
    return app;
  };
}

/** On a terminal the report says what happened; lines of the log are for who asks for them. */
function writeLog(line: string): void {
  if (process.env.ROLLCALL_LOG_LEVEL) process.stderr.write(line);
}

async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? "unknown";
}

async function main(args: readonly string[]): Promise<number> {
  const terminal = createTerminal(process);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new AppError("ABORTED", "Cannot go on: the command was interrupted")));
  try {
    const { command, help: wantsHelp, version: wantsVersion, options } = readOptions(args);
    if (wantsVersion) {
      terminal.print(await version());
      return exitCodes.done;
    }
    if (wantsHelp || command === undefined) {
      (wantsHelp ? terminal.print : terminal.note)(help.trimEnd());
      return wantsHelp ? exitCodes.done : exitCodes.configuration;
    }
    const run = await findCommand(command);
    const context: Context = {
      options,
      terminal,
      openApp: appOpener(options),
      log: (app) => app.log(writeLog),
      signal: stop.signal,
    };
    return await run(context);
  } catch (cause) {
    const error = asAppError(cause);
    terminal.note(`${error.code}: ${error.message.split("\n").map(printable).join("\n")}`);
    if (error.code === "BUG" && error.cause instanceof Error)
      terminal.note(printable(error.cause.stack ?? error.cause.message));
    return errorCodes[error.code].exitCode;
  }
}

process.exitCode = await main(process.argv.slice(2));
// A retry that nobody waits for any more does not keep the terminal.
setTimeout(() => process.exit(), 500).unref();
