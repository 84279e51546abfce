// The API Management simulator on its own, for any client: the first line on stdout says where it is and how to get in.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { StartApimOptions } from "./start-apim-simulator.ts";
import { startApimSimulator } from "./start-apim-simulator.ts";

const help = `Usage: node dist/dev/apim/main.js [options]

A simulator of Azure API Management: the ARM door (any unexpired bearer token for
https://management.azure.com) and the direct door (shared access signatures) on one address.

  --port <n>             port on 127.0.0.1; 0 or none takes a free one
  --tls                  HTTPS with a certificate made for this run
  --users <n>            invented users
  --groups <n>           invented groups, with members from the users
  --seed <n>             seed of keys and invented people (1)
  --latency-ms <n>       delay of every answer
  --arm-limits           the token buckets of Azure Resource Manager
  --page-size <n>        items of a page when the client sends no $top (100)
  --strict-if-match      400 for an update or delete without If-Match
  --delete-delay-ms <n>  how long a user delete of 2024-05-01 runs
  --min-api-version <v>  the service's apiVersionConstraint
  --resource-id <id>     resource id of the simulated service
  --identifier <text>    identifier of the direct door (integration)
  --primary-key <text>   keys of the direct door, instead of seeded ones
  --secondary-key <text>
  --events-url <url>     POSTs an event of each change of a subscription there, as Event Grid does
  --events-key <key>     function key that goes with it
  --help

POST /_sim/faults [rules], DELETE /_sim/faults, GET /_sim/state, GET /_sim/requests,
POST /_sim/requests/reset, POST /_sim/events {url, key, copies, lose, shuffle},
DELETE /_sim/events, POST /_sim/reset need no credential.
`;

const flags = {
  port: { type: "string" },
  tls: { type: "boolean" },
  users: { type: "string" },
  groups: { type: "string" },
  seed: { type: "string" },
  "latency-ms": { type: "string" },
  "arm-limits": { type: "boolean" },
  "page-size": { type: "string" },
  "strict-if-match": { type: "boolean" },
  "delete-delay-ms": { type: "string" },
  "min-api-version": { type: "string" },
  "resource-id": { type: "string" },
  identifier: { type: "string" },
  "primary-key": { type: "string" },
  "secondary-key": { type: "string" },
  "events-url": { type: "string" },
  "events-key": { type: "string" },
  help: { type: "boolean" },
} as const;

type Flags = ReturnType<typeof parseArgs<{ readonly options: typeof flags }>>["values"];

async function main(): Promise<void> {
  const values = parsed();
  if (values === undefined) return;
  const folder = values.tls === true ? await mkdtemp(join(tmpdir(), "apim-simulator-")) : undefined;
  const simulator = await startApimSimulator({ ...values.options, tls: folder === undefined ? undefined : { folder } });
  const { address, resourceId, identifier, primaryKey, secondaryKey, caFile } = simulator;
  process.stdout.write(`${JSON.stringify({ address, resourceId, identifier, primaryKey, secondaryKey, caFile })}\n`);

  const stop = async (): Promise<void> => {
    await simulator.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    process.exit(0);
  };
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
}

// Undefined when everything is said already: the help, or what is wrong with the arguments.
function parsed(): { readonly tls: boolean | undefined; readonly options: StartApimOptions } | undefined {
  try {
    const { values } = parseArgs({ options: flags });
    if (values.help !== true) return { tls: values.tls, options: optionsOf(values) };
    process.stdout.write(help);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exitCode = 2;
  }
  return undefined;
}

function optionsOf(values: Flags): StartApimOptions {
  return {
    port: numberOf(values.port),
    users: numberOf(values.users),
    groups: numberOf(values.groups),
    seed: numberOf(values.seed),
    latencyMs: numberOf(values["latency-ms"]),
    pageSize: numberOf(values["page-size"]),
    deleteDelayMs: numberOf(values["delete-delay-ms"]),
    armLimits: values["arm-limits"],
    strictIfMatch: values["strict-if-match"],
    minApiVersion: values["min-api-version"],
    resourceId: values["resource-id"],
    identifier: values.identifier,
    events: values["events-url"] === undefined ? undefined : { url: values["events-url"], ...eventKey(values) },
    primaryKey: values["primary-key"],
    secondaryKey: values["secondary-key"],
  };
}

function eventKey(values: Flags): { readonly key?: string } {
  return values["events-key"] === undefined ? {} : { key: values["events-key"] };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`Cannot read the arguments: "${text}" is no whole number`);
  return value;
}

await main();
