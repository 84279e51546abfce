// `rollcall doctor` as people meet it: the built command line beside the local stack, with everything in order and with
// one thing broken at a time.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { freePort } from "../../dev/stack/free-port.ts";
import { inventRow } from "../../dev/stack/people-file.ts";
import { startTestStack, type TestStack } from "../helpers/test-stack.ts";

const program = join(fileURLToPath(new URL("../../", import.meta.url)), "dist/cli/main.js");
let stack: TestStack;

beforeAll(async () => {
  const people = Array.from({ length: 30 }, (_, index) => inventRow(index));
  stack = await startTestStack({ people, contractors: 5, retryAfterMs: 0 });
});
afterAll(async () => {
  await stack.close();
});

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function doctor(args: readonly string[] = [], settings: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...stack.env, ...settings };
    execFile(process.execPath, [program, "doctor", ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}

const reportSchema = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({ name: z.string(), status: z.string(), ms: z.number(), text: z.string(), code: z.string().optional() }),
  ),
});

/** What is not ok, by name. */
async function trouble(settings: NodeJS.ProcessEnv, ...args: readonly string[]) {
  const { code, stdout } = await doctor(["--json", ...args], settings);
  const { checks } = reportSchema.parse(JSON.parse(stdout));
  const bad = checks.filter(({ status }) => status !== "ok");
  return {
    code,
    names: checks.map(({ name }) => name),
    bad: Object.fromEntries(bad.map((check) => [check.name, `${check.code ?? check.status}: ${check.text}`])),
  };
}

/** The rules with something else in them, as a file of its own. */
async function rulesWith(from: string, to: string): Promise<NodeJS.ProcessEnv> {
  const file = join(stack.folder, "other-rules.yaml");
  const text = await readFile(stack.rulesFile, "utf8");
  expect(text).toContain(from);
  await writeFile(file, text.replaceAll(from, to));
  return { ROLLCALL_RULES: file };
}

describe("rollcall doctor", () => {
  it("has a line for each thing, and sends nothing", async () => {
    const { code, stdout, stderr } = await doctor();

    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.replace(/ {2,}/g, " | ").split(" | ").slice(0, 2))).toEqual([
      ["ok", "settings"],
      ["ok", "rules"],
      ["ok", "identity: storage"],
      ["ok", "identity: Key Vault"],
      ["ok", "secret function-key-accept"],
      ["ok", "secret link-signing"],
      ["ok", "secret apim-sas-primary"],
      ["ok", "secret apim-sas-secondary"],
      ["ok", "secret portal-validation-primary"],
      ["ok", "secret portal-validation-secondary"],
      ["ok", "secret scim-token"],
      ["ok", "storage: blob"],
      ["ok", "storage: table"],
      ["ok", "storage: queue"],
      ["ok", "target contoso"],
      ["ok", "source hr"],
      ["ok", "source contractors"],
      ["ok", "mail server"],
      ["All is well: 18 things were tried"],
    ]);
    expect(stdout).toMatch(/target contoso +\d+ ms +the direct door of http:\S+ answers; the clocks agree\n/);
    expect(stdout).toMatch(/source hr +\d+ ms +complete; 30 rows, 30 people, 0 problems\n/);
    expect(stack.mailbox.mails()).toEqual([]);
    expect(stdout).not.toContain(stack.keys.accept);
  });

  it("--quick leaves out whole reads, and asks who can be asked about one worker", async () => {
    const { code, bad } = await trouble({}, "--quick");

    expect(code).toBe(0);
    expect(bad).toEqual({ "source hr": "notTried: --quick leaves out whole reads" });
  });

  it("says which settings are wrong, and that nothing else can be tried", async () => {
    const { code, bad, names } = await trouble({ ROLLCALL_SLICE_SECONDS: "soon" });

    expect(code).toBe(2);
    expect(names).toEqual(["settings", "everything else"]);
    expect(bad.settings).toMatch(/^CONFIG_INVALID: .*ROLLCALL_SLICE_SECONDS/);
  });

  it("goes on without the rules, and knows --target", async () => {
    const missing = await trouble({ ROLLCALL_RULES: join(stack.folder, "none.yaml") });

    expect(missing.code).toBe(2);
    expect(Object.keys(missing.bad)).toEqual(["rules", "targets and sources"]);
    expect(missing.names).toContain("storage: queue");
    const unknown = await trouble({}, "--target", "fabrikam");
    expect(unknown.bad.rules).toBe('CONFIG_INVALID: Cannot find the target "fabrikam": the rules have "contoso"');
  });

  it("tries what a secret is for only where the secret can be used", async () => {
    const { code, bad } = await trouble(
      await rulesWith("primaryKeySecret: apim-sas-primary", "primaryKeySecret: gone"),
    );

    expect(code).toBe(3);
    expect(Object.keys(bad)).toEqual(["secret gone", "target contoso"]);
    expect(bad["secret gone"]).toMatch(/^SECRET_UNAVAILABLE: .*the vault has no such secret/);
    expect(bad["target contoso"]).toBe('notTried: it needs "secret gone", see there');
  });

  it("says that a secret is of the wrong form, and not its text", async () => {
    const body = JSON.stringify({ name: "hook", value: "no-base64, and long enough" });
    await fetch(`${stack.keyVault}/_sim/secrets`, { method: "POST", body });
    const { bad } = await trouble({ ROLLCALL_WEBHOOK_URL: "http://127.0.0.1:9/hook", ROLLCALL_WEBHOOK_SECRET: "hook" });

    expect(bad["secret hook"]).toMatch(/^SECRET_MALFORMED: .*ROLLCALL_WEBHOOK_SECRET: expected base64/);
    expect(bad["secret hook"]).not.toContain("long enough");
    expect(bad.webhook).toMatch(/^NETWORK: .*"http:\/\/127.0.0.1:9": the connection failed with "ECONNREFUSED"/);
  });

  it("says which door does not answer", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const { code, bad } = await trouble(await rulesWith(stack.apim.address, nowhere), "--target", "contoso");

    expect(code).toBe(3);
    expect(Object.keys(bad)).toEqual(["target contoso"]);
    expect(bad["target contoso"]).toMatch(/^NETWORK: .*ECONNREFUSED/);
  });

  it("asks a service behind Resource Manager with a token for it, and sees that none is there", async () => {
    const lines = (await readFile(stack.rulesFile, "utf8")).split("\n");
    const begin = lines.findIndex((line) => line.includes("door: direct"));
    const direct = lines
      .slice(
        begin,
        lines.findIndex((line) => line.includes("delegation:")),
      )
      .join("\n");
    const arm = (resourceId: string) =>
      rulesWith(direct, `    door: arm\n    endpoint: ${stack.apim.address}\n    resourceId: ${resourceId}`);

    const { bad, names } = await trouble(await arm(stack.apim.resourceId));
    expect(bad).toEqual({});
    expect(names).toContain("identity: Resource Manager");
    const { code, bad: wrong } = await trouble(await arm(`${stack.apim.resourceId}-2`), "--quick");
    expect([code, wrong["target contoso"]]).toEqual([4, expect.stringMatching(/^APIM_NOT_FOUND: /)]);
  });

  it("warns of a source that is read and not complete, and fails for one that is not there", async () => {
    const expecting = "    expect: { minRows: 31 }\n    status: { column";
    const short = await trouble(await rulesWith("    status: { column", expecting));
    expect(short.code).toBe(1);
    expect(short.bad["source hr"]).toMatch(/^warning: incomplete; 30 rows, 30 people, 0 problems; .*31/);

    await rename(stack.peopleFile, `${stack.peopleFile}.away`);
    const gone = await trouble({});
    await rename(`${stack.peopleFile}.away`, stack.peopleFile);
    expect([gone.code, Object.keys(gone.bad)]).toEqual([3, ["source hr"]]);
    expect(gone.bad["source hr"]).toMatch(/^SOURCE_UNAVAILABLE: .*ENOENT/);
  });

  it("says that the identity gives no token, and tries nothing that needs one", { timeout: 60_000 }, async () => {
    const { code, bad } = await trouble({ IDENTITY_ENDPOINT: `http://127.0.0.1:${await freePort()}/token` });

    expect(code).toBe(3);
    expect(bad["identity: storage"]).toMatch(/^STORE_UNAVAILABLE: .*no token could be had for the storage account/);
    expect(bad["identity: Key Vault"]).toMatch(/^SECRET_UNAVAILABLE: /);
    expect(bad["storage: blob"]).toBe('notTried: it needs "identity: storage", see there');
    expect(bad["source hr"]).toBe('notTried: it needs "storage: table", see there');
  });

  it("blames the certificate of the storage account, not the account", async () => {
    const { bad } = await trouble({ NODE_EXTRA_CA_CERTS: "", ROLLCALL_RULES: join(stack.folder, "none.yaml") });

    expect(bad["storage: blob"]).toMatch(/^STORE_UNAVAILABLE: .*the certificate of the storage account is not trusted/);
    expect(bad["secret link-signing"]).toMatch(/^SECRET_UNAVAILABLE: .*the certificate of the vault is not trusted/);
  });

  it("says that storage or the mail server is away, with what to do", async () => {
    const port = await freePort();
    const closing = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(closing, "listening");
    const address = closing.address();
    const mailPort = typeof address === "object" ? address?.port : undefined;
    const { code, stdout } = await doctor([], {
      AzureWebJobsStorage__queueServiceUri: `https://127.0.0.1:${port}/devstoreaccount1`,
      ROLLCALL_SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    });
    closing.close();

    expect(code).toBe(3);
    expect(stdout).toMatch(
      /FAILED +storage: queue .*STORE_UNAVAILABLE: .*\n +do: .*; docs\/runbook.md has more under STORE_UNAVAILABLE\n/,
    );
    expect(stdout).toMatch(/FAILED +mail server .*NETWORK: Cannot send mail through 127/);
    expect(stdout).toMatch(/16 of 18 things are well; 2 failed, 0 with a warning, 0 not tried\n$/);
  });
});

describe("what rollcall doctor leaves", () => {
  it("is nothing: no container, no queue, no run", async () => {
    const credential = new DefaultAzureCredential();
    const names = async () => {
      const all: string[] = [];
      for await (const { name } of new BlobServiceClient(stack.storage.blob, credential).listContainers())
        all.push(name);
      for await (const { name } of new QueueServiceClient(stack.storage.queue, credential).listQueues()) all.push(name);
      return all;
    };
    const before = await names();

    await doctor();

    expect(await names()).toEqual(before);
    expect(stack.apim.state().users).toHaveLength(1);
  });
});
