// `rollcall runs cancel ID`: asks a run to stop between two changes. What was made stays; the next run makes the rest.
import { AppError } from "../../shared/core/errors.ts";
import { isOpen } from "../../shared/core/run.ts";
import { type Command, exitCodes } from "../command.ts";
import { whoAmI } from "./run-here.ts";

export const cancel: Command = async ({ openApp, options, terminal, signal }) => {
  const [, id] = options.operands;
  const store = await (await openApp()).store();
  const run = id === undefined ? undefined : await store.getRun(id, signal);
  if (id === undefined || run === undefined) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot cancel the run "${id ?? ""}": there is none, expected an id that "rollcall runs" lists`,
    );
  }
  if (!isOpen(run)) {
    terminal.print(
      options.json ? JSON.stringify({ id, status: run.status }) : `The run ${id} has ended already: ${run.status}`,
    );
    return exitCodes.done;
  }
  await store.requestCancel(id, whoAmI(), signal);
  terminal.print(
    options.json
      ? JSON.stringify({ id, cancelRequested: true })
      : `The run ${id} stops after the changes that are under way; "rollcall runs ${id}" shows when`,
  );
  return exitCodes.done;
};
