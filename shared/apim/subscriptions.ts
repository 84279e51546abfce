// Subscriptions: the list, one with its ETag, and the change of state, comment or owner.
import type { Subscription } from "../core/directory.ts";
import { redactId } from "../http/redact.ts";
import type { Serialiser } from "../http/serialise-by-key.ts";
import type { Apim } from "../ports.ts";
import { type PageOptions, readPages } from "./read-pages.ts";
import { type Resource, readEntity } from "./resource.ts";
import { userKey } from "./user-key.ts";
import { decodeSubscription } from "./wire.ts";

type Subscriptions = Pick<Apim, "listSubscriptions" | "getSubscription" | "patchSubscription">;

export type SubscriptionOptions = {
  readonly resource: Resource;
  readonly serialise: Serialiser;
  readonly pages: PageOptions;
};

/** The operations on subscriptions. A change waits for other writes on the old and the new owner. */
export function createSubscriptions({ resource, serialise, pages }: SubscriptionOptions): Subscriptions {
  // A change names no owner, but it is always preceded by the reading that gave its ETag. Taken out by the change.
  const owners = new Map<string, string>();

  return {
    async listSubscriptions({ ownerId }, signal) {
      const path = ownerId === undefined ? ["subscriptions"] : ["users", ownerId, "subscriptions"];
      const action =
        ownerId === undefined ? "read the subscriptions" : `read the subscriptions of user "${redactId(ownerId)}"`;
      const decode = (raw: unknown): Subscription => {
        const subscription = decodeSubscription(raw);
        return ownerId === undefined ? subscription : { ...subscription, ownerId };
      };
      return readPages(resource, { action, path, decode }, pages, signal);
    },

    async getSubscription(id, signal) {
      const call = { action: `read subscription "${redactId(id)}"`, path: ["subscriptions", id] };
      const read = await readEntity(resource, call, decodeSubscription, signal);
      if (read?.value.ownerId !== undefined) owners.set(id, read.value.ownerId);
      return read;
    },

    async patchSubscription(id, fields, etag, signal) {
      const { ownerId, ...rest } = fields;
      const owner = resource.dialect.shape === "flat" ? "userId" : "ownerId";
      const touched = [ownerId, owners.get(id)].filter((user) => user !== undefined).map(userKey);
      owners.delete(id);
      const call = {
        action: `change subscription "${redactId(id)}"`,
        method: "PATCH",
        path: ["subscriptions", id],
        query: { notify: "false" },
        etag,
        fields: ownerId === undefined ? rest : { ...rest, [owner]: `/users/${ownerId}` },
        expect: [200, 204],
      } as const;
      await serialise(touched, () => resource.send(call, signal), signal);
    },
  };
}
