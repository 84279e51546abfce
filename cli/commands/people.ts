// `rollcall people --source NAME`: what a source says, as Rollcall understands it, and every row it cannot use.
import { AppError } from "../../shared/core/errors.ts";
import { printable } from "../../shared/core/printable.ts";
import { type Command, exitCodes } from "../command.ts";

const shown = 20;

export const people: Command = async (context) => {
  const { options, terminal, signal } = context;
  const app = await context.openApp();
  const { rules } = await app.rules(signal);
  const known = rules.sources.map(({ name }) => name);
  const name = options.source ?? (known.length === 1 ? known[0] : undefined);
  if (name === undefined || !known.includes(name)) {
    const list = known.map((each) => `"${each}"`).join(", ");
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot tell which source is meant: the rules have ${list}, name one with --source`,
    );
  }
  const [source] = await app.sources([name], context.log(app), signal);
  if (source === undefined)
    throw new AppError("BUG", `Cannot open the source "${name}": the rules name it, but it was not made`);
  const read = await source.source.read(signal);
  const { completeness, evidence, problems } = read;
  if (options.json) {
    terminal.print(JSON.stringify({ completeness, evidence, people: read.people, problems }, undefined, 2));
    return exitCodes.done;
  }
  terminal.print(
    `${name}: ${completeness}; ${evidence.rows} rows, ${read.people.length} people, ${problems.length} problems`,
  );
  for (const reason of evidence.incompleteBecause) terminal.print(`  incomplete: ${printable(reason)}`);
  for (const person of read.people.slice(0, shown)) {
    const unreadable = person.unreadable.length === 0 ? "" : `; cannot read ${person.unreadable.join(", ")}`;
    terminal.print(
      `  line ${person.line}: ${printable(person.worker)} ${person.status}, ${printable(person.department ?? "no department")}${unreadable}`,
    );
  }
  if (read.people.length > shown) terminal.print(`  … and ${read.people.length - shown} more (--json shows all)`);
  for (const problem of problems.slice(0, shown))
    terminal.print(`  ${problem.code} [line ${problem.line}]: ${printable(problem.reason)}`);
  if (problems.length > shown) terminal.print(`  … and ${problems.length - shown} more problems (--json shows all)`);
  return exitCodes.done;
};
