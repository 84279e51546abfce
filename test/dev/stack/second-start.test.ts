import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startStack } from "../../../dev/stack/stack.ts";
import { testCertificate } from "../../helpers/test-certificate.ts";

let folder: string;
let server: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-second-"));
  server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

function takenPort(): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("startStack()", () => {
  it.each(["host", "apim", "keyVault", "identity", "mails"])(
    "leaves the folder of a stack alone that is up already, as the port for %s tells, and says so in one sentence",
    async (taken) => {
      const files = join(folder, "stack");
      await mkdir(files);
      await writeFile(join(files, "people.csv"), "people of the stack that is up");
      const port = takenPort();

      const starting = startStack({
        root: fileURLToPath(new URL("../../../", import.meta.url)),
        folder: files,
        certificate: await testCertificate(),
        people: [],
        ports: { host: 0, apim: 0, keyVault: 0, identity: 0, [taken]: port },
        latencyMs: 0,
        timers: "byHand",
      });

      await expect(starting).rejects.toThrow(
        new RegExp(
          `^Cannot start the local stack: port ${port} is taken, most likely by a stack that is up already; .*$`,
        ),
      );
      expect(await readFile(join(files, "people.csv"), "utf8")).toBe("people of the stack that is up");
    },
  );
});
