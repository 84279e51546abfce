// /products/{id}/groups and /products/{id}/groups/{groupId}: who may see a product.
import { empty, ok } from "./answer.ts";
import type { Handler } from "./call.ts";
import { invalidField, notFound } from "./errors.ts";
import { groupFilter } from "./filter-fields.ts";
import { listAnswer } from "./list.ts";
import { sequenceOf } from "./ordered-map.ts";
import { groupEtag, renderGroup } from "./render-group.ts";
import { groupsOfProduct } from "./render-product.ts";

export const listProductGroups: Handler = (call, productId) => {
  if (!call.store.products.has(productId)) return notFound("Product");
  return listAnswer(call, sequenceOf(groupsOfProduct(call, productId)), {
    filter: groupFilter(call, "product"),
    render: (group) => renderGroup(call, group, `products/${productId}/groups`),
  });
};

export const headProductGroup: Handler = (call, productId, groupId) => {
  if (!call.store.products.has(productId)) return notFound("Product");
  return call.store.productGroups.has(productId, groupId) ? empty(call.dialect.memberStatus) : notFound("Group");
};

export const putProductGroup: Handler = (call, productId, groupId) => {
  if (!call.store.products.has(productId)) return notFound("Product");
  const group = call.store.groups.get(groupId);
  if (group === undefined) return call.dialect.createOnly ? invalidField("gid", "Group not found.") : notFound("Group");
  const added = call.store.productGroups.add(productId, groupId);
  if (!call.dialect.putReturnsEntity) return empty(added ? 201 : 204);
  return ok(added ? 201 : 200, renderGroup(call, group, `products/${productId}/groups`), groupEtag(group));
};

export const deleteProductGroup: Handler = (call, productId, groupId) => {
  if (!call.store.products.has(productId)) return notFound("Product");
  return empty(call.store.productGroups.remove(productId, groupId) ? call.dialect.deletedStatus : 204);
};
