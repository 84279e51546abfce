// The doors for API Management's events and for the developer portal, opened with what the app has.
import { randomUUID } from "node:crypto";
import type { App } from "../app.ts";
import { AppError } from "../core/errors.ts";
import type { Log } from "../ports.ts";
import type { DelegationDoor } from "./delegation.ts";
import { createSigningKey, type SigningKey } from "./delegation-keys.ts";
import type { EventsWorld } from "./events-apim.ts";
import { signInOf } from "./sign-in.ts";
import { signedIn } from "./signed-in.ts";

/** Events of the targets whose rules name their resource id. */
export function openEvents(app: App, log: Log): EventsWorld {
  return {
    log,
    async targets(signal) {
      const { rules } = await app.rules(signal);
      return rules.targets.flatMap(({ name, resourceId }) => (resourceId === undefined ? [] : [{ name, resourceId }]));
    },
    queue: async () => app.requestQueue(),
  };
}

/** One for each app, because it remembers when it last looked past the cache. */
const signingKeys = new WeakMap<App, SigningKey>();

function signingKeyOf(app: App): SigningKey {
  const known = signingKeys.get(app) ?? createSigningKey(() => app.secrets(), app.clock);
  signingKeys.set(app, known);
  return known;
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
    person: (header, signal) => signedIn(header, app.settings, () => app.linkSecrets(signal), app.clock.now()),
    signIn: () => signInOf(app.settings),
    origin: (url) => new URL(app.settings.publicBaseUrl ?? url).origin,
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
      const [apim, roster, requests, queue, audit] = await Promise.all([
        app.apim(target, log),
        app.roster(),
        app.requests(),
        app.requestQueue(),
        app.audit(log),
      ]);
      return {
        target: name,
        owner: rules.owner,
        protect: [...rules.protect, ...target.protect],
        tenantId,
        clock: app.clock,
        log,
        apim,
        roster,
        requests,
        queue,
        audit,
      };
    },
  };
}
