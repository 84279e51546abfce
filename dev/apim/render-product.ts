// A product on the wire.
import type { Call } from "./call.ts";
import { etagOf } from "./etag.ts";
import type { GroupRecord, ProductRecord } from "./records.ts";
import { flatGroup } from "./render-group.ts";
import { resource } from "./resource.ts";

/** A product in this call's dialect; with its groups when the list was asked to expand them. */
export function renderProduct(call: Call, product: ProductRecord, groups?: readonly GroupRecord[]): unknown {
  const expanded = groups === undefined ? {} : { groups: groups.map((group) => flatGroup(call, group)) };
  const { description, terms, subscriptionRequired, approvalRequired, subscriptionsLimit, state } = product;
  // The two fields about requests exist only for products that need a subscription.
  const requests = subscriptionRequired ? { approvalRequired, subscriptionsLimit } : {};
  const rest = { description, terms, subscriptionRequired, ...requests, state, ...expanded };
  if (!call.dialect.envelope) return { id: `${call.base}/products/${product.id}`, name: product.displayName, ...rest };
  return resource(call, "products", product.id, { displayName: product.displayName, ...rest });
}

export function productEtag(product: ProductRecord): string {
  return etagOf(product.version);
}

/** The groups that a product is linked to. */
export function groupsOfProduct(call: Call, productId: string): readonly GroupRecord[] {
  return [...call.store.productGroups.rightsOf(productId).values()].flatMap((id) => call.store.groups.get(id) ?? []);
}
