// `rollcall check`: settings and rules as a whole, every problem with its line. Asks no service.
import { type Command, exitCodes } from "../command.ts";

export const check: Command = async ({ openApp, options, terminal, signal }) => {
  const app = await openApp();
  const { rules, fileName } = await app.rules(signal);
  const summary = {
    ok: true,
    rules: fileName,
    targets: rules.targets.length,
    sources: rules.sources.length,
    groups: rules.groups.length,
  };
  if (options.json) terminal.print(JSON.stringify(summary, undefined, 2));
  else
    terminal.print(
      `${fileName}: in order; ${summary.targets} targets, ${summary.sources} sources, ${summary.groups} groups`,
    );
  return exitCodes.done;
};
