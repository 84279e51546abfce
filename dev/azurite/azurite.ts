// Azurite, Microsoft's storage emulator, as a child process on loopback over TLS, so that the app reaches it with the
// same credential and the same checks as the real service.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Certificate } from "../certificate.ts";

const host = "127.0.0.1";
const services = ["blob", "queue", "table"] as const;

// The only account that Azurite has unless it is told otherwise.
const accountName = "devstoreaccount1";

// The child ends with its parent, however that dies: its standard input closes.
const endWithParent =
  "data:text/javascript,process.stdin.on('end',()=>process.kill(process.pid,'SIGTERM')).on('error',()=>process.kill(process.pid,'SIGTERM')).resume().unref?.()";

export type Azurite = {
  /** Service URLs with the account's name as their path. */
  readonly blob: string;
  readonly queue: string;
  readonly table: string;
  readonly accountName: string;
  close(): Promise<void>;
};

export type AzuriteOptions = {
  readonly certificate: Pick<Certificate, "certFile" | "keyFile">;
  /** Where the data is kept; without it Azurite keeps it in memory. */
  readonly folder?: string;
  /** Fixed ports; without them each service takes a free one. */
  readonly ports?: Readonly<Record<(typeof services)[number], number>>;
  readonly startLimitMs?: number;
};

/** Starts Azurite with OAuth and resolves when all three services listen. */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  if (options.folder !== undefined) await mkdir(options.folder, { recursive: true });
  const child = spawn(process.execPath, ["--import", endWithParent, findAzurite(), ...argumentsOf(options)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    const urls = await listening(child, options.startLimitMs ?? 30_000);
    return { ...urls, accountName, close: () => close(child, ended) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function argumentsOf(options: AzuriteOptions): readonly string[] {
  const { certFile, keyFile } = options.certificate;
  return [
    "--oauth",
    "basic",
    "--cert",
    certFile,
    "--key",
    keyFile,
    // The clients are newer than the emulator's list of API versions.
    "--skipApiVersionCheck",
    "--disableTelemetry",
    "--silent",
    ...(options.folder === undefined ? ["--inMemoryPersistence"] : ["--location", options.folder]),
    ...services.flatMap((name) => [`--${name}Host`, host, `--${name}Port`, String(options.ports?.[name] ?? 0)]),
  ];
}

/** The script that the package's own manifest names as its command. */
function findAzurite(): string {
  const require = createRequire(import.meta.url);
  const manifestFile = require.resolve("azurite/package.json");
  const manifest: unknown = require(manifestFile);
  if (typeof manifest === "object" && manifest !== null && "bin" in manifest) {
    const { bin } = manifest;
    if (typeof bin === "object" && bin !== null && "azurite" in bin && typeof bin.azurite === "string") {
      return join(dirname(manifestFile), bin.azurite);
    }
  }
  throw new Error(`Cannot start Azurite: ${manifestFile} names no command "azurite", install the package again`);
}

/** Reads the addresses that Azurite prints as each service begins to listen. */
function listening(child: ChildProcess, limitMs: number): Promise<Record<(typeof services)[number], string>> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("Cannot start Azurite: its output is not connected");
  const found = new Map<string, string>();
  let said = "";
  stderr.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`it did not listen within ${limitMs} ms`), limitMs);
    function fail(what: string): void {
      clearTimeout(timer);
      reject(new Error(`Cannot start Azurite: ${what} ${said}`.trim()));
    }
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`it ended with code ${code}`));
    // The reader stays for the child's whole life, otherwise a full pipe would stop it.
    createInterface({ input: stdout }).on("line", (line) => {
      const match = /^Azurite (Blob|Queue|Table) service is successfully listening at (https:\/\/\S+)$/.exec(line);
      if (match?.[1] !== undefined) found.set(match[1].toLowerCase(), `${match[2]}/${accountName}`);
      const [blob, queue, table] = services.map((name) => found.get(name));
      if (blob === undefined || queue === undefined || table === undefined) return;
      clearTimeout(timer);
      resolve({ blob, queue, table });
    });
  });
}

async function close(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  // Azurite waits for connections that clients keep alive; its data is written long before this.
  const timer = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await ended;
  clearTimeout(timer);
}
