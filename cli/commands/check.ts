// `rollcall check`: settings and rules as a whole, every problem with its line, the cases in the rules and what is
// probably not meant. Asks no service.

import { printable } from "../../shared/core/printable.ts";
import { type Command, exitCodes } from "../command.ts";
import { counted } from "../words.ts";

export const check: Command = async ({ openApp, options, terminal, signal }) => {
  const app = await openApp();
  const { rules, fileName, check: checkRules } = await app.rules(signal);
  const { failures, tests, warnings } = await checkRules();
  const ok = failures.length === 0;
  const summary = {
    ok,
    rules: fileName,
    targets: rules.targets.length,
    sources: rules.sources.length,
    groups: rules.groups.length,
    products: rules.approvals?.products.length ?? 0,
    tests,
    failures,
    warnings,
  };
  if (options.json) {
    terminal.print(JSON.stringify(summary, undefined, 2));
    return ok ? exitCodes.done : exitCodes.configuration;
  }
  for (const line of warnings) terminal.print(`warning: ${printable(line)}`);
  for (const line of failures) terminal.print(printable(line));
  const counts = [
    counted(summary.targets, "target"),
    counted(summary.sources, "source"),
    counted(summary.groups, "group"),
  ].join(", ");
  const tested = tests === 0 ? "none" : `${tests - failures.length} of ${tests} pass`;
  const approvals =
    rules.approvals === undefined
      ? ""
      : `; approvals, ${counted(summary.products, "product")} by name; tests: ${tested}`;
  terminal.print(`${fileName}: ${ok ? "in order" : "not in order"}; ${counts}${approvals}`);
  return ok ? exitCodes.done : exitCodes.configuration;
};
