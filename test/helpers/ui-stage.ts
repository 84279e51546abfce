// The page over stores in memory, with invented people and requests in it: called as the host calls it, or served.
import type { HeaderReader } from "../../shared/api/form-guard.ts";
import type { UiAnswer, UiCall, UiWorld } from "../../shared/api/ui/ui-world.ts";
import { ui } from "../../shared/api/ui.ts";
import { factsHash } from "../../shared/core/facts.ts";
import type { Role } from "../../shared/core/principal.ts";
import type { Question, RequestRecord } from "../../shared/core/request.ts";
import type { ApprovalTarget } from "../../shared/flows/approval-world.ts";
import type { Clock } from "../../shared/ports.ts";
import {
  createMemoryAudit,
  createMemoryRequestQueue,
  createMemoryRequestStore,
  createMemoryRoster,
} from "../../shared/requests/memory.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { signLink } from "../../shared/webhook/decision-link.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { runIdAt } from "./records.ts";
import { aPerson, aRequest } from "./request-records.ts";

const { signal } = new AbortController();
export const secret = "a secret that signs links";
const origin = "https://rollcall.contoso.com";
const dayMs = 86_400_000;
export const stageTime = Date.parse("2026-05-14T09:00:00Z");

export type Who = {
  readonly address: string;
  readonly objectId?: string;
  readonly roles?: readonly Role[];
  /** Claims beside those: type and value. */
  readonly claims?: readonly (readonly [typ: string, val: string])[];
};

/** The header with which App Service names a person. */
function principalHeader({ address, objectId, roles = [], claims: more = [] }: Who): string {
  const claims = [
    { typ: "preferred_username", val: address },
    ...(objectId === undefined ? [] : [{ typ: "oid", val: objectId }]),
    ...more.map(([typ, val]) => ({ typ, val })),
    ...roles.map((role) => ({ typ: "roles", val: `rollcall.${role}` })),
  ];
  return Buffer.from(JSON.stringify({ claims })).toString("base64");
}

export const people = {
  reader: { address: "rita.reader@contoso.com", roles: ["reader"] },
  approver: { address: "anton.approver@contoso.com", roles: ["approver"] },
  operator: { address: "olga.operator@contoso.com", roles: ["operator"] },
  /** Manager of everybody in the roster, without a role. */
  manager: { address: "grace.hansen@contoso.com", objectId: "00000000-0000-4000-8000-000000001000" },
  owner: { address: "api-owners@contoso.com" },
  nobody: { address: "nils.nobody@contoso.com", objectId: "00000000-0000-4000-8000-000000009999" },
} as const satisfies Readonly<Record<string, Who>>;

export type UiStage = Awaited<ReturnType<typeof createUiStage>>;

export type StageOptions = {
  readonly settings?: Partial<UiWorld["settings"]>;
  readonly targets?: readonly string[];
  readonly tenantId?: string;
  /** `none`: the page is found under the address that was called. */
  readonly publicBaseUrl?: "none";
};

/** An empty page. Time stands still until it is moved. */
export async function createUiStage({
  settings = {},
  targets = ["contoso"],
  tenantId,
  publicBaseUrl,
}: StageOptions = {}) {
  let time = stageTime;
  const clock: Clock = { now: () => time, sleep: async (_, stop) => stop.throwIfAborted() };
  const log = createRecordingLog();
  const requests = createMemoryRequestStore({ clock });
  const roster = createMemoryRoster();
  const queue = createMemoryRequestQueue();
  const runs = createMemoryRunStore({ clock });
  const runMessages: string[] = [];
  let ids = 0;
  const createId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const users = new Map<string, string>();
  const apim = {
    getUser: async (id: string) => ({ value: { id, email: users.get(id) ?? "", identities: [] }, etag: "1" }),
  };
  const world: UiWorld = {
    approvals: {
      clock,
      log,
      requests,
      roster,
      queue,
      audit: createMemoryAudit(),
      notifier: { send: async () => ({ sentBy: [], failed: [], refused: [] }) },
      openTarget: async (name) => ({ name, apim }) as unknown as ApprovalTarget,
      decisionUrl: async () => undefined,
      createNonce: createId,
    },
    runs: {
      clock,
      log,
      store: runs,
      queue: { send: async ({ runId }) => void runMessages.push(runId) },
      createId: () => {
        ids += 1;
        return runIdAt(200_000 + ids);
      },
    },
    poison: queue,
    settings: {
      authenticationIsOn: true,
      localSignIn: false,
      ...(publicBaseUrl === undefined && { publicBaseUrl: origin }),
      ...settings,
    },
    linkSecrets: async () => [secret],
    tenantId: async () => tenantId,
    targets: async () => targets,
  };

  async function call(
    method: string,
    address: string,
    headers: Readonly<Record<string, string>>,
    body = "",
  ): Promise<UiAnswer> {
    const url = new URL(address, origin);
    const header: HeaderReader = (name) => headers[name.toLowerCase()];
    const path = decodeURIComponent(url.pathname.replace(/^\/api\/ui\/?/, ""));
    const made: UiCall = { method, url: url.href, path, query: url.searchParams, header, body: async () => body };
    return ui(made, async () => world, log, signal);
  }
  const as = (who: Who | undefined): Record<string, string> =>
    who === undefined ? {} : { "x-ms-client-principal": principalHeader(who) };

  return {
    world,
    requests,
    roster,
    queue,
    runs,
    runMessages,
    log,
    call,
    advance: (ms: number) => {
      time += ms;
    },
    get: (address: string, who?: Who) => call("GET", address, as(who)),
    /** Sends a form as a browser does from a page of ours. */
    post: (
      address: string,
      who: Who | undefined,
      fields: Readonly<Record<string, string>>,
      headers: Readonly<Record<string, string>> = {},
    ) =>
      call(
        "POST",
        address,
        {
          "content-type": "application/x-www-form-urlencoded",
          origin,
          "sec-fetch-site": "same-origin",
          ...as(who),
          ...headers,
        },
        new URLSearchParams(fields).toString(),
      ),
    record: async (id: string) => (await requests.getRequest("contoso", id, signal))?.value,
    /** The people whom HR knows: Grace leads, the others follow. */
    async fillRoster() {
      const grace = aPerson(1000, {
        givenName: "Grace",
        familyName: "Hansen",
        email: people.manager.address,
        entraObjectId: people.manager.objectId,
      });
      const ada = aPerson(1001, { givenName: "Ada", familyName: "Berg", manager: "1000" });
      await roster.put(
        "contoso",
        [grace, ada].map((person) => ({ person, userId: `rc-${person.employeeNumber}`, standing: "present" as const })),
        time,
        signal,
      );
    },
    async putRequest(id: string, fields: Partial<RequestRecord> = {}, facts?: object) {
      const blob = `${String(time).padStart(13, "0")}-${id}`;
      const salted = { salt: "s", facts: facts ?? storedFacts(id) };
      await requests.putFacts(blob, salted, signal);
      const record = aRequest(id, {
        status: "asked",
        productId: "payments-api",
        ownerId: "rc-1001",
        worker: "employee/1001",
        firstSeenAt: time - 2 * dayMs,
        updatedAt: time - 2 * dayMs,
        question: aQuestion(time),
        facts: { blob, hash: factsHash(salted) },
        ...fields,
      });
      await requests.putRequest(record, undefined, signal);
      return record;
    },
    link: (subscription: string, nonce: string, expiresAt = stageTime + 12 * dayMs) =>
      `/api/ui/decide/${signLink({ target: "contoso", subscription, nonce, expiresAt }, secret)}`,
  };
}

export function aQuestion(now: number, fields: Partial<Question> = {}): Question {
  const askedAt = now - 2 * dayMs;
  return {
    askedAt,
    approvers: [
      {
        address: people.manager.address,
        worker: "employee/1000",
        role: "manager",
        nonce: "for-manager",
        sentAt: askedAt,
      },
      { address: people.owner.address, role: "owner", nonce: "for-owner", sentAt: askedAt },
    ],
    remindAt: now + dayMs,
    finalAt: askedAt + 14 * dayMs,
    finalAnswer: "reject",
    rule: "many-keys",
    ...fields,
  };
}

/** Facts as `decide-request` keeps them. */
export function storedFacts(
  subscription: string,
  person: Readonly<Record<string, string>> = {},
  name = "For the mobile app",
) {
  return {
    requester: {
      worker: "employee/1001",
      user: "rc-1001",
      groups: ["developers", "payments"],
      person: {
        givenName: "Ada",
        familyName: "Berg",
        department: "Payments",
        title: "Software engineer",
        organization: "Contoso",
        manager: "1000",
        ...person,
      },
      today: "2026-05-14",
    },
    product: {
      id: "payments-api",
      displayName: "Payments API",
      published: true,
      approvalRequired: true,
      groups: ["developers"],
      owners: ["api-owners@contoso.com"],
    },
    request: { subscription, name, date: "2026-05-12" },
    subscriptions: [{ product: "starter", state: "active" }],
    decision: {
      answer: "ask",
      rule: "many-keys",
      steps: [
        { rule: "payments-team", answer: "approve", result: "no" },
        { rule: "many-keys", answer: "ask", result: "yes" },
      ],
    },
    factsReadAt: stageTime - 3_600_000,
  };
}
