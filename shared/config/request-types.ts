// The facts of a request as CEL sees them: registered types, so that a misspelt field is found when the rules are loaded.
// A field that HR does not give is not there: reading it fails, and `has()` tells.
import type { Environment } from "@marcbachmann/cel-js";
import type { KnownFacts } from "../core/decide.ts";
import { rulePersonFields } from "../core/policy.ts";

const texts = "list<string>";

/** Fields by type. The values' order is that of the documentation. */
const fieldsOf = {
  Requester: {
    ...Object.fromEntries(rulePersonFields.map((field) => [field, "string"] as const)),
    user: "string",
    groups: texts,
  },
  Product: {
    id: "string",
    displayName: "string",
    published: "bool",
    approvalRequired: "bool",
    groups: texts,
    owners: texts,
  },
  Request: { subscription: "string", name: "string", date: "string" },
  Subscription: { product: "string", state: "string" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

type TypeName = keyof typeof fieldsOf;

/** The names that a rule can read, with their types. */
export const requestRoots = {
  requester: "Requester",
  product: "Product",
  request: "Request",
  subscriptions: "list<Subscription>",
  today: "string",
} as const;

export type RequestRoot = keyof typeof requestRoots;

export function isRequestRoot(name: string): name is RequestRoot {
  return Object.hasOwn(requestRoots, name);
}

/** Fields of the type of that name; none for a name that is no such type. */
export function requestTypeFields(type: string): readonly string[] {
  const known = Object.entries(fieldsOf).find(([name]) => name === type);
  return known === undefined ? [] : Object.keys(known[1]);
}

/** CEL knows a value of a registered type by its constructor, so each type needs a class. Only named fields are kept. */
function celType(type: TypeName) {
  return class {
    constructor(values: Readonly<Record<string, unknown>>) {
      for (const field of requestTypeFields(type)) {
        if (Object.hasOwn(values, field)) Object.defineProperty(this, field, { value: values[field] });
      }
    }
  };
}

export type RequestTypes = {
  readonly environment: Environment;
  /** The variables of one evaluation. */
  readonly variables: (facts: KnownFacts) => Readonly<Record<RequestRoot, unknown>>;
};

/** The environment with the types and variables of requests. */
export function withRequestTypes(environment: Environment): RequestTypes {
  const Requester = celType("Requester");
  const Product = celType("Product");
  const Request = celType("Request");
  const Subscription = celType("Subscription");
  const types = { Requester, Product, Request, Subscription };
  for (const [name, ctor] of Object.entries(types)) {
    const fields = Object.entries(fieldsOf).find(([type]) => type === name)?.[1] ?? {};
    environment.registerType(name, { ctor, fields });
  }
  for (const [name, type] of Object.entries(requestRoots)) environment.registerVariable(name, type);
  return {
    environment,
    variables: ({ requester, product, request, subscriptions }) => ({
      requester: new Requester({ ...requester.person, user: requester.user, groups: requester.groups }),
      product: new Product(product),
      request: new Request(request),
      subscriptions: subscriptions.map((held) => new Subscription(held)),
      today: requester.today,
    }),
  };
}
