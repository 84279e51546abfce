// The whole local stack for the tests of one file: in a folder and on ports of its own, without latency, and with timers
// that only a test sets off.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Stack, type StackOptions, startStack } from "../../dev/stack/stack.ts";
import { testCertificate } from "./test-certificate.ts";

/** `folder` is there for a test's own files. */
export type TestStack = Stack & { readonly folder: string };

type Own = Pick<StackOptions, "people" | "contractors" | "approvals" | "retryAfterMs" | "settings">;

/** Starts it with the built app; `close` takes the folder away as well. */
export async function startTestStack(own: Own): Promise<TestStack> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-stack-"));
  const stack = await startStack({
    root: fileURLToPath(new URL("../../", import.meta.url)),
    folder: join(folder, "stack"),
    certificate: await testCertificate(),
    ports: { host: 0, apim: 0, keyVault: 0, identity: 0 },
    latencyMs: 0,
    timers: "byHand",
    ...own,
  });
  return {
    ...stack,
    folder,
    async close() {
      await stack.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
