// Answering requests in one process: the client, the rules and the flows against the API Management simulator, with the
// stores in memory. Every port can be made to fail or to die at any call.

import { createDirectTransport } from "../../bench/direct-transport.ts";
import { type ApimSimulatorOptions, createApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { createApim } from "../../shared/apim/client.ts";
import { createSasCredential } from "../../shared/apim/credential.ts";
import { writeMark } from "../../shared/core/mark.ts";
import type { RequestRecord } from "../../shared/core/request.ts";
import type { ApprovalTarget, ApprovalWorld } from "../../shared/flows/approval-world.ts";
import { lookAtRequest } from "../../shared/flows/look-at-request.ts";
import { unlimitedRates } from "../../shared/http/with-throttle.ts";
import type { Apim, Clock, Secrets } from "../../shared/ports.ts";
import type { Notice, RequestMessage, RosterEntry } from "../../shared/request-ports.ts";
import {
  createMemoryAudit,
  createMemoryRequestQueue,
  createMemoryRequestStore,
  createMemoryRoster,
} from "../../shared/requests/memory.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { createApprovalTarget } from "./approval-target.ts";
import { aPerson } from "./request-records.ts";

export const signal = new AbortController().signal;
const dayMs = 86_400_000;
const anyCredential = {
  authorization: async (refused: readonly string[]) => (refused.length === 0 ? token() : undefined),
  advice: "check the test",
};

function token(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { aud: "https://management.azure.com", exp: 4_000_000_000 };
  return `Bearer ${part({ alg: "none" })}.${part(claims)}.`;
}

export type LocalRequestsOptions = {
  readonly rules: string;
  readonly simulator?: ApimSimulatorOptions;
  readonly leaver?: ApprovalTarget["leaver"];
  /** Puts something between the flows and the client. */
  readonly wrap?: (apim: Apim) => Apim;
};

export type LocalRequests = Awaited<ReturnType<typeof startLocalRequests>>;

/** Starts a simulator with the product `payments-api` and everything in front of it. `now` stands still until it is
 * moved. */
export async function startLocalRequests(options: LocalRequestsOptions) {
  let time = Date.UTC(2026, 4, 14, 9);
  const now = (): number => time;
  const clock: Clock = { now, sleep: async (_, stop) => stop.throwIfAborted() };
  const simulator = await createApimSimulator({ now, ...options.simulator });
  simulator.edit.putProduct({
    id: "payments-api",
    displayName: "Payments API",
    approvalRequired: true,
    state: "published",
    subscriptionsLimit: null,
  });
  const log = createRecordingLog();
  const client = createApim({
    door: { kind: "arm", resourceId: simulator.resourceId, endpoint: simulator.address, apiVersion: "2024-05-01" },
    credential: anyCredential,
    transport: createDirectTransport(simulator),
    clock,
    random: Math.random,
    log: createRecordingLog(),
    rates: unlimitedRates,
  });
  const apim = options.wrap?.(client) ?? client;
  const vault: Readonly<Record<string, string>> = {
    "apim-sas": simulator.primaryKey,
    "link-signing": "a secret that signs links",
    "webhook-signing": `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
  };
  const requests = createMemoryRequestStore({ clock });
  const roster = createMemoryRoster();
  const queue = createMemoryRequestQueue();
  const audit = createMemoryAudit();
  const notices: Notice[] = [];
  const target = await createApprovalTarget(options.rules, apim, options.leaver ?? { handsOver: false });
  let nonces = 0;
  const world: ApprovalWorld = {
    clock,
    log,
    requests,
    roster,
    queue,
    audit,
    notifier: {
      async send(notice) {
        notices.push(notice);
        return { sentBy: ["mail"], failed: [], refused: [] };
      },
    },
    openTarget: async () => target,
    decisionUrl: async ({ subscription, nonce }) => `https://rollcall.contoso.com/api/ui/d/${subscription}.${nonce}`,
    createNonce: () => {
      nonces += 1;
      return `nonce-${nonces}`;
    },
  };
  const people = new Map<string, RosterEntry>();
  const refreshRoster = () => roster.put("contoso", [...people.values()], time, signal);
  return {
    simulator,
    apim,
    world,
    requests,
    roster,
    queue,
    audit,
    notices,
    log,
    now,
    /** Key Vault as it is where nothing is wrong. */
    secrets: { get: async (name: string) => vault[name] ?? "unknown" } satisfies Secrets,
    /** The client of the direct door in a process that has read no key yet. */
    openDirect: (secrets: Secrets): Apim =>
      createApim({
        door: { kind: "direct", baseUrl: simulator.address, apiVersion: "2021-08-01" },
        credential: createSasCredential({
          secrets,
          identifier: simulator.identifier,
          primaryKeySecret: "apim-sas",
          clock,
        }),
        transport: createDirectTransport(simulator),
        clock,
        random: Math.random,
        log: createRecordingLog(),
        rates: unlimitedRates,
      }),
    advanceDays: (days: number) => {
      time += days * dayMs;
    },
    advance: (ms: number) => {
      time += ms;
    },
    /** A worker with a marked account, in HR and in API Management. */
    async addPerson(number: number, fields: Parameters<typeof aPerson>[1] = {}) {
      const person = aPerson(number, { familyName: "Lovelace", ...fields });
      const id = `rc-${number}`;
      simulator.edit.putUser({
        id,
        firstName: "Ada",
        lastName: "Lovelace",
        email: person.email ?? `${id}@contoso.com`,
        note: writeMark("", { owner: "contoso-platform", space: "employee", key: String(number) }),
      });
      people.set(person.worker, { person, userId: id, standing: person.status === "ended" ? "leaver" : "present" });
      await refreshRoster();
      return id;
    },
    refreshRoster,
    submit(id: string, ownerId: string | undefined, fields: object = {}) {
      simulator.edit.putSubscription({
        id,
        ownerId,
        scope: "/products/payments-api",
        displayName: `Subscription ${id}`,
        state: "submitted",
        createdDate: time,
        ...fields,
      });
    },
    look: (id: string, via: RequestMessage["via"] = "event", lastAttempt = false) =>
      lookAtRequest({ target: "contoso", subscription: id, via }, world, { lastAttempt }, signal),
    record: async (id: string): Promise<RequestRecord | undefined> =>
      (await requests.getRequest("contoso", id, signal))?.value,
    stateOf: (id: string) => simulator.store.subscriptions.get(id),
    async auditActions(): Promise<readonly string[]> {
      const days = await audit.days("contoso", signal);
      const lines = await Promise.all(days.map((day) => audit.read("contoso", day, signal)));
      return lines.flat().map((line) => String((JSON.parse(line) as { action: unknown }).action));
    },
    close: () => simulator.close(),
  };
}
