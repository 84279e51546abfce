// The doors for API Management's events and for the developer portal, opened with what the app has.
import { randomUUID } from "node:crypto";
import type { App } from "../app.ts";
import { AppError } from "../core/errors.ts";
import type { Log } from "../ports.ts";
import type { DelegationDoor } from "./delegation.ts";
import { createSigningKey, type SigningKey } from "./delegation-keys.ts";
import type { EventsWorld } from "./events-apim.ts";
import { principalOf } from "./principal.ts";
import { appServiceSignIn } from "./sign-in.ts";

/** Events of the targets whose rules name their resource id. */
export function openEvents(app: App, log: Log): EventsWorld {
  return {
    log,
    async targets(signal) {
      const { rules } = await app.rules(signal);
      return rules.targets.flatMap(({ name, resourceId }) => (resourceId === undefined ? [] : [{ name, resourceId }]));
    },
    queue: app.requestQueue,
  };
}

/** One for each app, because it remembers when it last looked past the cache. */
const signingKeys = new WeakMap<App, SigningKey>();

function signingKeyOf(app: App): SigningKey {
  const known = signingKeys.get(app) ?? createSigningKey(() => app.secrets(), app.clock);
  signingKeys.set(app, known);
  return known;
}

/** @throws CONFIG_INVALID */
function publicBaseUrlOf({ settings }: App): string {
  if (settings.publicBaseUrl !== undefined) return settings.publicBaseUrl;
  throw new AppError(
    "CONFIG_INVALID",
    "Cannot send anybody to sign in: ROLLCALL_PUBLIC_BASE_URL is not set, expected the address of this app as browsers know it",
  );
}

/** Delegation of the targets whose rules say so. */
export function openDelegation(app: App, log: Log): DelegationDoor {
  return {
    log,
    clock: app.clock,
    async targets(signal) {
      const { rules } = await app.rules(signal);
      return rules.targets.flatMap(({ name, delegation }) =>
        delegation === undefined ? [] : [{ name, ...delegation }],
      );
    },
    person: async (header) => principalOf(header, app.settings),
    signIn: () => appServiceSignIn(publicBaseUrlOf(app)),
    origin: () => new URL(publicBaseUrlOf(app)).origin,
    signingKey: signingKeyOf(app),
    createId: () => randomUUID(),
    async world(name, signal) {
      const { rules } = await app.rules(signal);
      const target = rules.targets.find((each) => each.name === name);
      const { tenantId } = rules.people;
      if (target === undefined || tenantId === undefined)
        throw new AppError(
          "BUG",
          `Cannot open delegation of "${name}": the rules were checked, but lack it or the tenant`,
        );
      return {
        target: name,
        owner: rules.owner,
        protect: [...rules.protect, ...target.protect],
        tenantId,
        clock: app.clock,
        log,
        apim: await app.apim(target, log),
        roster: await app.roster(),
        requests: await app.requests(),
        queue: await app.requestQueue(),
        audit: await app.audit(log),
      };
    },
  };
}
