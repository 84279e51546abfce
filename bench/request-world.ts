// Answering requests in this process: the simulator without a socket, the stores in memory, rules of one product.
import { type ApimSimulator, createApimSimulator } from "../dev/apim/apim-simulator.ts";
import { createApim } from "../shared/apim/client.ts";
import { createRequestPolicy } from "../shared/config/approvals.ts";
import { createExpressions } from "../shared/config/expressions.ts";
import { parseRules, rulesError } from "../shared/config/rules.ts";
import { writeMark } from "../shared/core/mark.ts";
import type { Person } from "../shared/core/person.ts";
import type { ApprovalWorld } from "../shared/flows/approval-world.ts";
import type { HttpRequest, Transport } from "../shared/http/transport.ts";
import { unlimitedRates } from "../shared/http/with-throttle.ts";
import { createJsonLog } from "../shared/log/json-log.ts";
import { sourceSchemas } from "../shared/people/kinds.ts";
import type { RequestMessage } from "../shared/request-ports.ts";
import {
  createMemoryAudit,
  createMemoryRequestQueue,
  createMemoryRequestStore,
  createMemoryRoster,
} from "../shared/requests/memory.ts";
import { armToken } from "./arm-token.ts";
import { createDirectTransport } from "./direct-transport.ts";

/** So many requests tell what one costs the simulator. */
const keptRequests = 5_000;
const owner = "contoso-platform";
const departments = ["Payments", "Guests", "Treasury"] as const;

const rulesText = `owner: ${owner}
targets:
  - { name: contoso, door: direct, baseUrl: https://contoso.management.azure-api.net, sas: { primaryKeySecret: primary } }
sources:
  - { name: hr, kind: csv, location: hr.csv, columns: { employeeNumber: Id, department: D, organization: O }, status: { column: S, active: [A] } }
people: { defaultTimeZone: Europe/Stockholm }
approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules:
        - { name: guests, reject: 'requester.department == "Guests"' }
        - { name: many-keys, ask: 'requester.department == "Treasury" || subscriptions.size() > 5' }
        - { name: payments-team, approve: 'requester.department == "Payments" && requester.organization == "Contoso"' }
      ask: { approvers: [owners] }
      accessForDays: 365
  default: {}
`;

export type RequestBench = {
  readonly world: ApprovalWorld;
  readonly simulator: ApimSimulator;
  /** Requests that the client made so far. */
  readonly requests: () => number;
  /** Milliseconds that the simulator needs for one request: the first ones, made again one after the other. */
  readonly simulatorMs: () => Promise<number>;
  /** Messages that the flows sent. */
  readonly take: () => readonly RequestMessage[];
};

function personOf(number: number): Person {
  const employeeNumber = String(number);
  return {
    worker: `employee/${employeeNumber}`,
    numberSpace: "employee",
    employeeNumber,
    status: "active",
    source: "hr",
    line: number + 2,
    unreadable: [],
    email: `p${number}@contoso.com`,
    department: departments[number % 20 === 0 ? 2 : number % 5 === 0 ? 1 : 0] ?? "Payments",
    organization: "Contoso",
  };
}

/** So many people, each with an account and a submitted subscription `s0`, `s1` and so on. */
export async function startRequestBench(people: number): Promise<RequestBench> {
  const simulator = await createApimSimulator({ overlapConflicts: false });
  simulator.edit.putProduct({
    id: "payments-api",
    approvalRequired: true,
    state: "published",
    subscriptionsLimit: null,
  });
  const entries = Array.from({ length: people }, (_, number) => {
    const person = personOf(number);
    const userId = `rc-${number}`;
    const note = writeMark("", { owner, space: "employee", key: person.employeeNumber });
    simulator.edit.putUser({ id: userId, firstName: "A", lastName: "B", email: person.email ?? "", note });
    simulator.edit.putSubscription({
      id: `s${number}`,
      ownerId: userId,
      scope: "/products/payments-api",
      displayName: `Key ${number}`,
      state: "submitted",
    });
    return { person, userId, standing: "present" } as const;
  });
  const clock = { now: Date.now, sleep: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)) };
  const log = createJsonLog({ level: "error", write: (line) => process.stderr.write(line), clock });
  const first: HttpRequest[] = [];
  let requests = 0;
  const direct = createDirectTransport(simulator);
  const transport: Transport = (request, signal) => {
    requests += 1;
    if (first.length < keptRequests) first.push(request);
    return direct(request, signal);
  };
  const apim = createApim({
    door: { kind: "arm", resourceId: simulator.resourceId, endpoint: simulator.address, apiVersion: "2024-05-01" },
    credential: { authorization: async () => `Bearer ${armToken(Date.now())}`, advice: "none" },
    transport,
    clock,
    random: Math.random,
    log,
    rates: unlimitedRates,
  });
  const expressions = await createExpressions();
  const parsed = parseRules(rulesText, "rollcall.yaml", { expressions, sourceSchemas: sourceSchemas() });
  if (!parsed.ok) throw rulesError(parsed.problems);
  const policy = createRequestPolicy(parsed.rules, expressions);
  if (policy === undefined) throw new Error("Cannot measure: the rules say nothing about requests");
  const roster = createMemoryRoster();
  await roster.put("contoso", entries, Date.now(), new AbortController().signal);
  const queue = createMemoryRequestQueue();
  let nonces = 0;
  const target = { name: "contoso", owner, apim, policy, protect: [], leaver: { handsOver: false } };
  return {
    simulator,
    requests: () => requests,
    async simulatorMs() {
      const startedAt = performance.now();
      for (const request of first) await direct(request, new AbortController().signal);
      return (performance.now() - startedAt) / first.length;
    },
    take: () => queue.take(),
    world: {
      clock,
      log,
      roster,
      requests: createMemoryRequestStore({ clock }),
      queue,
      audit: createMemoryAudit(),
      notifier: { send: async () => ({ sentBy: [], failed: [], refused: [] }) },
      openTarget: async () => target,
      decisionUrl: async () => undefined,
      createNonce: () => {
        nonces += 1;
        return `nonce-${nonces}`;
      },
    },
  };
}
