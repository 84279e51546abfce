// Standard input and output as the commands use them.
import { text } from "node:stream/consumers";
import type { Terminal } from "./command.ts";

const barWidth = 30;

/** The terminal of a process. The bar is drawn in place on a terminal and left out where lines are kept in a file. */
export function createTerminal({
  stdin,
  stdout,
  stderr,
}: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr">): Terminal {
  return {
    print: (line) => void stdout.write(`${line}\n`),
    note: (line) => void stderr.write(`${line}\n`),
    progress(done, all) {
      if (!stderr.isTTY) return;
      const filled = Math.round((barWidth * done) / Math.max(1, all));
      stderr.write(
        `\r[${"#".repeat(filled)}${".".repeat(barWidth - filled)}] ${done}/${all}${done === all ? "\n" : ""}`,
      );
    },
    readInput: async () => (stdin.isTTY ? undefined : text(stdin)),
  };
}
