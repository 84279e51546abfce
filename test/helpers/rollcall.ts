// The built command line as a person runs it: what it prints, and how it ends.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = join(fileURLToPath(new URL("../../", import.meta.url)), "dist/cli/main.js");

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs it with these settings beside those of this process. */
export function runRollcall(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...settings };
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}
