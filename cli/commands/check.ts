// `rollcall check`: settings and rules as a whole, every problem with its line, the cases in the rules and what is
// probably not meant. Asks no service. Settings that only these rules need are a warning: rules are often checked where
// the environment is another one.

import { printable } from "../../shared/core/printable.ts";
import { type Command, exitCodes } from "../command.ts";
import { counted } from "../words.ts";

export const check: Command = async ({ openApp, options, terminal, signal }) => {
  const app = await openApp();
  const { rules, fileName, check: checkRules } = await app.rules(signal);
  const [{ failures, tests, warnings }, missing] = await Promise.all([checkRules(), app.missingSettings(signal)]);
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
    missingSettings: missing,
  };
  if (options.json) {
    terminal.print(JSON.stringify(summary, undefined, 2));
    return ok ? exitCodes.done : exitCodes.configuration;
  }
  for (const line of warnings) terminal.print(`warning: ${printable(line)}`);
  for (const { setting, because } of missing) terminal.print(`warning: ${setting} is not set: ${printable(because)}`);
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
  terminal.print(
    missing.length === 0
      ? 'Settings: all that these rules need are set; "rollcall doctor" tries them'
      : `Settings: ${missing.length} that these rules need ${missing.length === 1 ? "is" : "are"} not set here, see the warnings`,
  );
  return ok ? exitCodes.done : exitCodes.configuration;
};
