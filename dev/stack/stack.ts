// The whole local stack: the real app in a local Functions host, and everything that it talks to on loopback. The app
// gets its tokens, secrets and state as it would on Azure; only the addresses differ.
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import type { ApimSimulator } from "../apim/apim-simulator.ts";
import { startApimSimulator } from "../apim/start-apim-simulator.ts";
import { type Azurite, startAzurite } from "../azurite/azurite.ts";
import type { Certificate } from "../certificate.ts";
import { type FunctionsHost, startFunctionsHost } from "../functions-host/functions-host.ts";
import type { HostLog } from "../functions-host/host-types.ts";
import { createStorageQueueService } from "../functions-host/storage-queue-service.ts";
import { startHrServer } from "../hr/hr-server.ts";
import { createScimSystem } from "../hr/scim-system.ts";
import { startIdentitySimulator } from "../identity/identity-server.ts";
import { startKeyVaultSimulator } from "../key-vault/key-vault-simulator.ts";
import { type Mailbox, startMailbox } from "../mail/mailbox.ts";
import { startMailboxControl } from "../mail/mailbox-control.ts";
import { type Row, toCsv } from "./people-file.ts";
import { asPortTaken, requireFree } from "./require-free.ts";
import { rulesText } from "./rules-file.ts";

export type Stack = {
  readonly apim: ApimSimulator;
  readonly host: FunctionsHost;
  readonly storage: Azurite;
  /** Where the app's mails arrive. */
  readonly mailbox: Mailbox;
  /** Where people read them. */
  readonly mails: string;
  readonly keyVault: string;
  readonly identity: string;
  readonly keys: { readonly master: string; readonly default: string; readonly accept: string };
  readonly rulesFile: string;
  readonly peopleFile: string;
  readonly logFile: string;
  /** The settings of the app, for a command line beside the host. */
  readonly env: Readonly<Record<string, string>>;
  writePeople(rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
};

export type StackOptions = {
  readonly root: string;
  /** Where rules, people and logs of this start are written; emptied first. */
  readonly folder: string;
  readonly certificate: Certificate;
  readonly people: readonly Row[];
  /** So many contractors are known to a SCIM service; none unless stated. */
  readonly contractors?: number;
  /** The section of the rules about requests, where it is not the stack's own. */
  readonly approvals?: string;
  /** 0 takes free ports. */
  readonly ports: {
    readonly host: number;
    readonly apim: number;
    readonly keyVault: number;
    readonly identity: number;
    /** Where mails can be read; a free one unless stated. */
    readonly mails?: number;
  };
  readonly latencyMs: number;
  /** `byHand` where a timer between two steps would tell another story. */
  readonly timers: "scheduled" | "byHand";
  /** Milliseconds after which the host tries a failed message again; host.json's unless stated. */
  readonly retryAfterMs?: number;
  /** App settings beside those that lead to the stack's own services. */
  readonly settings?: Readonly<Record<string, string>>;
};

function fileLog(file: string): { readonly log: HostLog; close(): void } {
  const stream = createWriteStream(file, { flags: "a" });
  const write =
    (level: string) =>
    (event: string, fields?: Readonly<Record<string, unknown>>): void => {
      stream.write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
    };
  return {
    log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
    close: () => stream.end(),
  };
}

/** Starts everything; `close` stops it in the opposite order. The certificate has to be trusted by this process.
 * @throws PortTaken before anything is removed */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { root, folder, certificate, people, ports, latencyMs, timers } = options;
  await requireFree(Object.values(ports));
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const opened = <T extends { close(): Promise<void> | void }>(thing: T): T => {
    closers.push(() => thing.close());
    return thing;
  };
  try {
    const apim = opened(await startApimSimulator({ port: ports.apim, latencyMs }));
    const identity = opened(await startIdentitySimulator({ port: ports.identity }));
    const keys = { master: randomKey(), default: randomKey(), accept: randomKey() };
    const secrets = {
      "apim-sas-primary": apim.primaryKey,
      "apim-sas-secondary": apim.secondaryKey,
      "portal-validation-primary": apim.validationKeys.primary,
      "portal-validation-secondary": apim.validationKeys.secondary,
      "function-key-accept": keys.accept,
      "link-signing": randomKey(),
      "scim-token": randomKey(),
    };
    const keyVault = opened(await startKeyVaultSimulator({ port: ports.keyVault, tls: certificate, secrets }));
    // Only now: of two that start at once, the one that comes too late has taken no port and removes nothing.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const storage = opened(await startAzurite({ certificate }));
    const mailbox = opened(await startMailbox({ port: 0 }));
    const mails = opened(await startMailboxControl(mailbox, ports.mails ?? 0));
    const contractors =
      options.contractors === undefined
        ? undefined
        : opened(
            await startHrServer(createScimSystem(), { workers: options.contractors, secret: secrets["scim-token"] }),
          );
    const files = {
      rulesFile: join(folder, "rollcall.yaml"),
      peopleFile: join(folder, "people.csv"),
      logFile: join(folder, "host.log"),
    };
    const { address: baseUrl, resourceId } = apim;
    const rules = rulesText({
      baseUrl,
      resourceId,
      peopleFile: files.peopleFile,
      ...(contractors !== undefined && { contractorsUrl: `${contractors.address}/scim/v2` }),
      ...(options.approvals !== undefined && { approvals: options.approvals }),
    });
    await writeFile(files.rulesFile, rules);
    const writePeople = (rows: readonly Row[]): Promise<void> => writeFile(files.peopleFile, toCsv(rows));
    await writePeople(people);
    const env = {
      IDENTITY_ENDPOINT: identity.endpoint,
      IDENTITY_HEADER: identity.header,
      ROLLCALL_RULES: files.rulesFile,
      ROLLCALL_KEY_VAULT_URL: keyVault.address,
      ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: "false",
      AzureWebJobsStorage__blobServiceUri: storage.blob,
      AzureWebJobsStorage__queueServiceUri: storage.queue,
      AzureWebJobsStorage__tableServiceUri: storage.table,
      ROLLCALL_LINK_SECRETS: "link-signing",
      ROLLCALL_LOCAL_SIGN_IN: "true",
      ROLLCALL_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
      ROLLCALL_MAIL_FROM: "Rollcall <rollcall@contoso.com>",
      // A port that the system chooses is not known before the app has its settings.
      ...(ports.host !== 0 && { ROLLCALL_PUBLIC_BASE_URL: `http://127.0.0.1:${ports.host}` }),
      ...options.settings,
    };
    Object.assign(process.env, env);
    const log = opened(fileLog(files.logFile));
    const queues = createStorageQueueService({ url: storage.queue, credential: new DefaultAzureCredential() });
    const host = opened(
      await startFunctionsHost({
        root,
        port: ports.host,
        keys: { master: keys.master, host: { default: keys.default, accept: keys.accept } },
        queues,
        timers,
        ...(options.retryAfterMs !== undefined && { retryAfterMs: options.retryAfterMs }),
        env,
        log: log.log,
      }),
    );
    return {
      apim,
      host,
      storage,
      mailbox,
      mails: mails.address,
      keyVault: keyVault.address,
      identity: identity.address,
      keys,
      ...files,
      env,
      writePeople,
      close,
    };
  } catch (error) {
    await close();
    throw asPortTaken(error);
  }
}

function randomKey(): string {
  return randomBytes(24).toString("base64url");
}
