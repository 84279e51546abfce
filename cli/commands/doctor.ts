// `rollcall doctor`: tries everything that the app needs, once, as whoever runs the command, and says what fails and why.
import type { App } from "../../shared/app.ts";
import { checkUpExitCode } from "../../shared/core/check-up.ts";
import { checkUp, type ProbeSteps } from "../../shared/flows/check-up.ts";
import type { Command, Context } from "../command.ts";
import { checkUpSummary, renderChecked } from "../render-check-up.ts";

/** Without settings nothing else is known. */
async function* everything({ openApp, log, options }: Context): ProbeSteps {
  const opened: { app: App | undefined } = { app: undefined };
  yield [
    {
      name: "settings",
      needs: [],
      async run() {
        opened.app = await openApp();
        return { status: "ok", text: "every one can be read" };
      },
    },
  ];
  if (opened.app === undefined) {
    yield [{ name: "everything else", needs: ["settings"], run: async () => ({ status: "notTried", text: "" }) }];
    return;
  }
  const { target, quick } = options;
  yield* await opened.app.checkUp({ ...(target !== undefined && { target }), quick, log: log(opened.app) });
}

export const doctor: Command = async (context) => {
  const { options, terminal, signal } = context;
  const checks = await checkUp(
    everything(context),
    {
      clock: { now: Date.now },
      done(checked) {
        if (!options.json) for (const line of renderChecked(checked)) terminal.print(line);
      },
    },
    signal,
  );
  const exitCode = checkUpExitCode(checks);
  if (options.json) terminal.print(JSON.stringify({ ok: exitCode === 0, checks }, undefined, 2));
  else terminal.print(checkUpSummary(checks));
  return exitCode;
};
