// /products and /products/{id}.
import type { Answer } from "./answer.ts";
import { empty, ok } from "./answer.ts";
import type { Call, Handler } from "./call.ts";
import { bodyFields, flag } from "./call.ts";
import { exists, failure, invalid, notFound } from "./errors.ts";
import { productFilter } from "./filter-fields.ts";
import type { Fields } from "./json-fields.ts";
import { checkTexts, memberOf, nullableTextOf, textOf } from "./json-fields.ts";
import { listAnswer } from "./list.ts";
import { checkId, checkIfMatch, firstRefusal } from "./preconditions.ts";
import type { ProductFields, ProductRecord } from "./records.ts";
import { productStates } from "./records.ts";
import { groupsOfProduct, productEtag, renderProduct } from "./render-product.ts";

export const listProducts: Handler = (call) => {
  const expand = call.dialect.expandsGroups && flag(call, "expandGroups");
  return listAnswer(call, call.store.products, {
    filter: productFilter(call),
    render: (product) => renderProduct(call, product, expand ? groupsOfProduct(call, product.id) : undefined),
  });
};

export const getProduct: Handler = (call, id) => {
  const product = call.store.products.get(id);
  return product === undefined ? notFound("Product") : ok(200, renderProduct(call, product), productEtag(product));
};

export const putProduct: Handler = (call, id) => {
  const before = call.store.products.get(id);
  const fields = bodyFields(call);
  const refusal = firstRefusal(
    before === undefined ? checkId(id, call.dialect.groupId, "productId") : refuseReplacement(call, before),
    refuseProduct(call, fields, false),
  );
  if (refusal !== undefined) return refusal;
  const product = call.store.putProduct(productFrom(call, fields, before ?? blankProduct(id)));
  // A new product is linked to administrators by the service itself.
  if (before === undefined) call.store.productGroups.add(id, "administrators");
  if (call.dialect.putReturnsEntity) {
    return ok(before === undefined ? 201 : 200, renderProduct(call, product), productEtag(product));
  }
  return empty(before === undefined ? 201 : 204, { ETag: productEtag(product) });
};

export const patchProduct: Handler = (call, id) => {
  const before = call.store.products.get(id);
  if (before === undefined) return notFound("Product");
  const fields = bodyFields(call);
  const refusal = firstRefusal(checkIfMatch(call, productEtag(before)), refuseProduct(call, fields, true));
  if (refusal !== undefined) return refusal;
  const product = call.store.putProduct(productFrom(call, fields, before));
  return call.dialect.patchReturnsEntity
    ? ok(200, renderProduct(call, product), productEtag(product))
    : empty(204, { ETag: productEtag(product) });
};

export const deleteProduct: Handler = (call, id) => {
  const product = call.store.products.get(id);
  if (product === undefined) return empty(204);
  const subscriptions = call.store.subscriptionsIn(`/products/${id}`);
  const refusal = firstRefusal(checkIfMatch(call, productEtag(product)), refuseSubscribed(call, subscriptions.length));
  if (refusal !== undefined) return refusal;
  for (const subscriptionId of subscriptions) call.store.deleteSubscription(subscriptionId);
  call.store.deleteProduct(id);
  return empty(call.dialect.deletedStatus);
};

function blankProduct(id: string): ProductFields {
  return {
    id,
    displayName: "",
    description: null,
    terms: null,
    subscriptionRequired: true,
    approvalRequired: false,
    subscriptionsLimit: null,
    state: "notPublished",
  };
}

function productFrom(call: Call, fields: Fields, before: ProductFields): ProductFields {
  const yesOrNo = (name: string, otherwise: boolean) => (typeof fields[name] === "boolean" ? fields[name] : otherwise);
  const limit = fields.subscriptionsLimit;
  const description = nullableTextOf(fields, "description");
  const terms = nullableTextOf(fields, "terms");
  return {
    id: before.id,
    displayName: textOf(fields, nameField(call)) ?? before.displayName,
    description: description === undefined ? before.description : description,
    terms: terms === undefined ? before.terms : terms,
    subscriptionRequired: yesOrNo("subscriptionRequired", before.subscriptionRequired),
    approvalRequired: yesOrNo("approvalRequired", before.approvalRequired),
    subscriptionsLimit: limit === undefined ? before.subscriptionsLimit : typeof limit === "number" ? limit : null,
    state: memberOf(productStates, textOf(fields, "state")) ?? before.state,
  };
}

function nameField(call: Call): "name" | "displayName" {
  return call.dialect.envelope ? "displayName" : "name";
}

function refuseReplacement(call: Call, before: ProductRecord): Answer | undefined {
  return call.dialect.createOnly ? exists("Product") : checkIfMatch(call, productEtag(before));
}

function refuseProduct(call: Call, fields: Fields, partial: boolean): Answer | undefined {
  const problems = checkTexts(
    fields,
    {
      [nameField(call)]: { required: true, min: 1, max: 300 },
      description: { max: 1000 },
      state: { oneOf: productStates },
    },
    partial,
  );
  return problems.length > 0 ? invalid(problems) : undefined;
}

function refuseSubscribed(call: Call, count: number): Answer | undefined {
  if (flag(call, "deleteSubscriptions") || count === 0) return undefined;
  return failure(
    400,
    "ValidationError",
    "Product cannot be deleted since it has existing subscriptions. Delete subscriptions before deleting the product or pass in deleteSubscriptions=true as query param",
  );
}
