// Subscriptions: the list, one with its ETag, making one, the change of state, comment, owner or end, and new keys.
import type { Subscription } from "../core/directory.ts";
import { foldId } from "../core/fold.ts";
import { redactId } from "../http/redact.ts";
import type { Serialiser } from "../http/serialise-by-key.ts";
import type { Apim } from "../ports.ts";
import { createLatest } from "./latest.ts";
import { type PageOptions, readPages } from "./read-pages.ts";
import { type Resource, readEntity } from "./resource.ts";
import { userKey } from "./user-key.ts";
import { decodeSubscription } from "./wire.ts";

type Subscriptions = Pick<
  Apim,
  "listSubscriptions" | "getSubscription" | "putSubscription" | "patchSubscription" | "regenerateSubscriptionKeys"
>;

export type SubscriptionOptions = {
  readonly resource: Resource;
  readonly serialise: Serialiser;
  readonly pages: PageOptions;
};

/** Far more than are between their reading and their change at once. */
const rememberedOwners = 10_000;

/** The operations on subscriptions. A change waits for other writes on the old and the new owner. */
export function createSubscriptions({ resource, serialise, pages }: SubscriptionOptions): Subscriptions {
  // A change names no owner, but it is always preceded by the reading that gave its ETag. Taken out by the change; most
  // readings are followed by none, so only the latest are kept.
  const owners = createLatest<string>(rememberedOwners);
  const flat = resource.dialect.shape === "flat";

  return {
    async listSubscriptions({ ownerId, state, productId, partial }, signal) {
      const [path, of] = placeOf(ownerId, productId);
      const action = `read the subscriptions${of}`;
      const decode = (raw: unknown): Subscription => {
        const subscription = decodeSubscription(raw);
        return ownerId === undefined ? subscription : { ...subscription, ownerId };
      };
      // The list of one user cannot be filtered by state, and whether a filter takes `and` is not documented.
      const query = state === undefined || ownerId !== undefined ? {} : { $filter: `state eq '${state}'` };
      const found = await readPages(resource, { action, path, query, decode, partial }, pages, signal);
      return found.filter(
        (each) =>
          (state === undefined || each.state === state) &&
          (productId === undefined || foldId(each.productId ?? "") === foldId(productId)),
      );
    },

    async getSubscription(id, signal) {
      const call = { action: `read subscription "${redactId(id)}"`, path: ["subscriptions", id] };
      const read = await readEntity(resource, call, decodeSubscription, signal);
      if (read?.value.ownerId !== undefined) owners.set(id, read.value.ownerId);
      return read;
    },

    async putSubscription(id, { productId, ownerId, displayName, state }, signal) {
      const product = `/products/${productId}`;
      const user = `/users/${ownerId}`;
      const call = {
        action: `create subscription "${redactId(id)}"`,
        method: "PUT",
        path: ["subscriptions", id],
        query: { notify: "false" },
        fields: flat
          ? { userId: user, productId: product, name: displayName, state }
          : { ownerId: user, scope: product, displayName, state },
        expect: [200, 201, 204],
      } as const;
      const response = await serialise([userKey(ownerId)], () => resource.send(call, signal), signal);
      return response.status === 201 ? "created" : "updated";
    },

    async patchSubscription(id, { ownerId, expiresAt, notify, ...rest }, etag, signal) {
      const touched = [ownerId, owners.get(id)].filter((user) => user !== undefined).map(userKey);
      owners.delete(id);
      const call = {
        action: `change subscription "${redactId(id)}"`,
        method: "PATCH",
        path: ["subscriptions", id],
        query: { notify: String(notify ?? false) },
        etag,
        fields: {
          ...rest,
          ...(ownerId === undefined ? {} : { [flat ? "userId" : "ownerId"]: `/users/${ownerId}` }),
          ...(expiresAt === undefined ? {} : { expirationDate: dateText(expiresAt) }),
        },
        expect: [200, 204],
      } as const;
      await serialise(touched, () => resource.send(call, signal), signal);
    },

    async regenerateSubscriptionKeys(id, signal) {
      for (const key of ["Primary", "Secondary"]) {
        const action = `make the keys of subscription "${redactId(id)}" anew`;
        const path = ["subscriptions", id, `regenerate${key}Key`];
        const send = () => resource.send({ action, method: "POST", path, expect: [200, 204] }, signal);
        await serialise([owners.get(id)].filter((user) => user !== undefined).map(userKey), send, signal);
      }
    },
  };
}

/** Path of the list, and whose it is. */
function placeOf(ownerId: string | undefined, productId: string | undefined): readonly [readonly string[], string] {
  if (ownerId !== undefined) return [["users", ownerId, "subscriptions"], ` of user "${redactId(ownerId)}"`];
  if (productId !== undefined)
    return [["products", productId, "subscriptions"], ` of product "${redactId(productId)}"`];
  return [["subscriptions"], ""];
}

function dateText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
