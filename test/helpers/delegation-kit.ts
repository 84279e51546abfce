// The delegation endpoint in one process: the portal's own links, the real client in front of the simulator, requests and
// roster in memory. People are Adele (employee 1, account and object id) and Grady (employee 2).
import { type DelegationWish, delegationLink } from "../../dev/apim/delegation-link.ts";
import { type DelegationDoor, delegation, type PageAnswer } from "../../shared/api/delegation.ts";
import { createSigningKey } from "../../shared/api/delegation-keys.ts";
import { signInOf } from "../../shared/api/sign-in.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { Principal } from "../../shared/core/principal.ts";
import type { DelegationWorld } from "../../shared/flows/delegate.ts";
import type { RosterEntry } from "../../shared/request-ports.ts";
import {
  createMemoryAudit,
  createMemoryRequestQueue,
  createMemoryRequestStore,
  createMemoryRoster,
} from "../../shared/requests/memory.ts";
import { startSimulatedApim } from "../contract/simulated-apim.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { readPage } from "../ui/page-reader.ts";
import { aPerson, idOf, markOf, owner } from "./core-builders.ts";

export const portalUrl = "https://contoso.developer.azure-api.net";
const tenantId = "11111111-2222-3333-4444-555555555555";
const baseUrl = "https://rollcall.contoso.com";
const signal = new AbortController().signal;

export const adele = { number: "1", id: idOf("1"), objectId: "aaaaaaaa-0000-0000-0000-000000000001" };
export const grady = { number: "2", id: idOf("2"), objectId: "aaaaaaaa-0000-0000-0000-000000000002" };

/** Somebody as App Service authentication says who it is. */
export function signedInAs({ objectId }: { readonly objectId: string }, more: Partial<Principal> = {}): Principal {
  return { name: "somebody@contoso.com", objectId, tenantId, roles: [], ...more };
}

export type Visit = {
  readonly person?: Principal;
  readonly method?: "GET" | "POST";
  readonly form?: string;
  /** As a browser sends them for a form of our own page, unless stated. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly target?: string;
};

const ownForm: Readonly<Record<string, string>> = { "sec-fetch-site": "same-origin", origin: "null" };

export function locationOf(answer: PageAnswer): URL {
  return new URL(answer.headers.Location ?? "about:blank");
}

/** Starts the simulator with both people's accounts, and everything in front of it. */
export async function startDelegation() {
  const time = { now: Date.now() };
  const clock = { now: () => time.now };
  const { apim, simulator, close } = await startSimulatedApim(({ address }) => ({
    kind: "direct",
    baseUrl: address,
    apiVersion: "2021-08-01",
  }));
  for (const { id, number } of [adele, grady]) {
    simulator.edit.putUser({ id, email: `p${number}@contoso.com`, note: markOf(number) });
    simulator.edit.addMember("developers", id);
  }
  simulator.edit.putProduct({ id: "payments-api", displayName: "Payments", terms: "Be kind.", approvalRequired: true });
  simulator.edit.linkGroup("payments-api", "developers");

  const log = createRecordingLog();
  const roster = createMemoryRoster();
  const queue = createMemoryRequestQueue();
  const audit = createMemoryAudit();
  const requests = createMemoryRequestStore({ clock });
  const entry = ({ number, id, objectId }: typeof adele, more: Partial<RosterEntry> = {}): RosterEntry => ({
    person: aPerson(number, { entraObjectId: objectId }),
    userId: id,
    standing: "present",
    ...more,
  });
  const putRoster = (entries: readonly RosterEntry[]) => roster.put("contoso", entries, time.now, signal);
  await putRoster([entry(adele), entry(grady)]);

  /** Secret texts by name; an error is thrown. */
  const secrets: Record<string, string | AppError> = {
    "validation-primary": simulator.validationKeys.primary,
    "validation-secondary": `${simulator.validationKeys.secondary}\n`,
  };
  const world: DelegationWorld = {
    target: "contoso",
    owner,
    protect: [],
    tenantId,
    clock,
    log,
    apim,
    roster,
    requests,
    queue,
    audit,
  };
  const open = { world };
  let ids = 0;
  const door = {
    log,
    clock,
    targets: async () => [
      { name: "contoso", portalUrl, validationKeySecrets: ["validation-primary", "validation-secondary"] },
    ],
    signIn: () => signInOf({ localSignIn: false, publicBaseUrl: baseUrl }),
    origin: () => baseUrl,
    signingKey: createSigningKey(
      async () => ({
        async get(name) {
          const value = secrets[name] ?? new AppError("SECRET_UNAVAILABLE", `Cannot read secret "${name}"`);
          if (typeof value !== "string") throw value;
          return value;
        },
      }),
      clock,
    ),
    createId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    world: async () => open.world,
  };

  const visit = (
    link: string,
    { person, method = "GET", form = "", headers = ownForm, target }: Visit = {},
    own: Omit<DelegationDoor, "person"> = door,
  ) =>
    delegation(
      {
        method,
        target,
        url: link,
        header: (name) => headers[name],
        text: async () => form,
      },
      { ...own, person: async () => person },
      signal,
    );

  return {
    simulator,
    log,
    roster,
    queue,
    audit,
    requests,
    secrets,
    open,
    door,
    close,
    entry,
    putRoster,
    visit,
    passTime(ms: number) {
      time.now += ms;
    },
    link: (wish: DelegationWish, salt?: string, validationKey = simulator.validationKeys.primary) =>
      delegationLink(wish, {
        endpoint: `${baseUrl}/api/delegation`,
        validationKey,
        ...(salt !== undefined && { salt }),
      }),
    /** Opens the link and sends the form of the question that comes. */
    async confirm(link: string, person: Principal): Promise<PageAnswer> {
      return visit(link, { person, method: "POST", form: formOf(await visit(link, { person })) });
    },
    subscription: (id: string) => simulator.state().subscriptions.find((each) => each.id === id),
    subscriptionsOf: (userId: string) => simulator.state().subscriptions.filter((each) => each.ownerId === userId),
    user: (id: string) => simulator.state().users.find((each) => each.id === id),
    auditLines: async () => {
      const days = await audit.days("contoso", signal);
      const lines = await Promise.all(days.map((day) => audit.read("contoso", day, signal)));
      return lines.flat().map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}

export type DelegationKit = Awaited<ReturnType<typeof startDelegation>>;

/** What a browser sends for the form of a page. */
export function formOf(page: PageAnswer): string {
  const inputs = readPage(page.body).all("input");
  const values = inputs.map(({ attrs }) => {
    const value = (name: string) => attrs.find((each) => each.name === name)?.value ?? "";
    return [value("name"), value("value")] as const;
  });
  return new URLSearchParams(Object.fromEntries(values)).toString();
}

export function textOfPage(page: PageAnswer): string {
  return readPage(page.body).text;
}
