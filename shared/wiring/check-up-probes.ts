// The looks of `rollcall doctor` at storage, services, sources and the ways of notices.
import { openDoor } from "../apim/open-door.ts";
import type { SourceRules, TargetRules } from "../config/rules.ts";
import { clockFound, type Found } from "../core/check-up.ts";
import { AppError } from "../core/errors.ts";
import type { Probe } from "../flows/check-up.ts";
import type { SpacedSource } from "../flows/read-people.ts";
import { createNodeFetchTransport } from "../http/node-fetch-transport.ts";
import { createRetryBudget } from "../http/retry-budget.ts";
import type { Transport } from "../http/transport.ts";
import { createMailWay } from "../notify/mail.ts";
import { probeAddress } from "../notify/probe-address.ts";
import type { Log, Secrets } from "../ports.ts";
import { createStorageProbes } from "../storage/probe-storage.ts";
import { storageEndpoints } from "../storage/storage-endpoints.ts";
import type { Parts } from "./app-parts.ts";
import { secretsOfSource } from "./named-secrets.ts";

export type CheckUpAsked = {
  /** Only this target and what it needs. */
  readonly target?: string;
  /** Leaves out whole reads of sources. */
  readonly quick: boolean;
  readonly log: Log;
};

/** Opens sources by their names. */
export type OpenNamed = (names: readonly string[], log: Log, signal: AbortSignal) => Promise<readonly SpacedSource[]>;

type WithSecrets = Parts & { readonly secrets: () => Promise<Secrets> };

export const ok = (text: string): Found => ({ status: "ok", text });

/** Names of probes that others need. */
export const identityOf = {
  storage: "identity: storage",
  vault: "identity: Key Vault",
  manager: "identity: Resource Manager",
} as const;

export const secretProbeName = (secret: string): string => `secret ${secret}`;

export function storageProbes({ settings, identity }: Parts): readonly Probe[] {
  const probe = (name: "blob" | "table" | "queue"): Probe => ({
    name: `storage: ${name}`,
    needs: [identityOf.storage],
    async run(signal) {
      const endpoints = storageEndpoints(settings.storage);
      await createStorageProbes({ credential: identity, endpoints, prefix: settings.statePrefix })[name](signal);
      return ok(`${endpoints[name]} lets the identity read and write`);
    },
  });
  return [probe("blob"), probe("table"), probe("queue")];
}

export function targetProbe(target: TargetRules, parts: WithSecrets, log: Log): Probe {
  const { clock, identity, secrets } = parts;
  const address = target.door === "direct" ? target.baseUrl : target.resourceId;
  return {
    name: `target ${target.name}`,
    needs: target.door === "direct" ? [secretProbeName(target.sas.primaryKeySecret)] : [identityOf.manager],
    async run(signal) {
      let found = clockFound(undefined, clock.now());
      const send = createNodeFetchTransport();
      const transport: Transport = async (request, stop) => {
        const answer = await send(request, stop);
        found = clockFound(answer.headers.get("date"), clock.now());
        return answer;
      };
      const vault: Secrets = { get: async (name, how) => (await secrets()).get(name, how) };
      const client = openDoor(target, { clock, log, random: Math.random, secrets: vault, identity, transport });
      // Every service has this group; asking for it is the lightest read that needs the right to read.
      const group = await client.open(createRetryBudget({ reserve: 1, ratio: 0 })).getGroup("administrators", signal);
      if (group !== undefined)
        return { ...found, text: `the ${target.door} door of ${address} answers; ${found.text}` };
      throw new AppError(
        "APIM_NOT_FOUND",
        `Cannot find the group "administrators" behind the ${target.door} door of ${address}, which every service has: no API Management service is there`,
      );
    },
  };
}

export function sourceProbe(source: SourceRules, { quick, log }: CheckUpAsked, open: OpenNamed): Probe {
  const { name } = source;
  return {
    name: `source ${name}`,
    // What was read last stands in a table: a read is compared with it.
    needs: ["storage: table", ...secretsOfSource(source).map((secret) => secretProbeName(secret.name))],
    async run(signal) {
      const [opened] = await open([name], log, signal);
      if (opened === undefined) throw new AppError("BUG", `Cannot open the source "${name}": it was not made`);
      if (quick) {
        if (opened.source.readWorker === undefined)
          return { status: "notTried", text: "--quick leaves out whole reads" };
        await opened.source.readWorker("0", signal);
        return ok("answers when it is asked about one worker; --quick leaves out whole reads");
      }
      const { completeness, evidence } = await opened.source.read(signal);
      const counts = `${evidence.rows} rows, ${evidence.people} people, ${evidence.problems} problems`;
      if (completeness === "complete") return ok(`complete; ${counts}`);
      const because = [`${completeness}; ${counts}`, ...evidence.incompleteBecause].join("; ");
      return { status: "warning", text: `${because}; nobody counts as gone by such a read` };
    },
  };
}

export function noticeProbes({ settings: { mail, webhook }, clock, secrets }: WithSecrets): readonly Probe[] {
  const probes: Probe[] = [];
  if (mail !== undefined)
    probes.push({
      name: "mail server",
      needs: mail.signIn === undefined ? [] : [secretProbeName(mail.signIn.passwordSecret)],
      async run(signal) {
        const vault: Secrets = { get: async (name, how) => (await secrets()).get(name, how) };
        await createMailWay({ ...mail, secrets: vault, clock }).verify(signal);
        return ok(
          `${mail.server.host}:${mail.server.port} ${mail.signIn ? "signs Rollcall in" : "answers"}; no mail was sent`,
        );
      },
    });
  if (webhook !== undefined)
    probes.push({
      name: "webhook",
      needs: [],
      async run(signal) {
        await probeAddress(webhook.url, signal);
        return ok(`${new URL(webhook.url).origin} takes connections; nothing was posted`);
      },
    });
  return probes;
}
