// A link of the developer portal's delegation: what it asks for, and whether API Management signed it. The operation
// itself is not signed, so a signature for one operation is one for every other that signs as many values; who is
// signed in, and a confirmation, have to decide. https://learn.microsoft.com/azure/api-management/api-management-howto-setup-delegation
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Delegation } from "../core/delegation.ts";
import { fewestKeyBytes } from "./key-length.ts";

export type SignedDelegation = {
  readonly delegation: Delegation;
  readonly salt: string;
  readonly signature: string;
  /** What the portal signed. */
  readonly text: string;
};

/** Parameters that are signed, in the order in which they are. */
const signedParameters = {
  SignIn: ["returnUrl"],
  SignUp: ["returnUrl"],
  ChangePassword: ["userId"],
  ChangeProfile: ["userId"],
  CloseAccount: ["userId"],
  SignOut: ["userId"],
  Subscribe: ["productId", "userId"],
  Unsubscribe: ["subscriptionId"],
} as const satisfies Readonly<Record<Delegation["operation"], readonly string[]>>;

const longestQuery = 8_192;
const longestValue = 2_048;

// A line break within a value would let one text be read as several.
const control = /\p{Cc}/u;

type Reader = (name: string) => string | undefined;

function readDelegation(operation: string, read: Reader): Delegation | undefined {
  switch (operation) {
    case "SignIn":
    case "SignUp": {
      const returnUrl = read("returnUrl");
      return returnUrl === undefined ? undefined : { operation, returnUrl };
    }
    case "ChangePassword":
    case "ChangeProfile":
    case "CloseAccount":
    case "SignOut": {
      const userId = read("userId");
      return userId === undefined ? undefined : { operation, userId };
    }
    case "Subscribe": {
      const [productId, userId] = [read("productId"), read("userId")];
      return productId === undefined || userId === undefined ? undefined : { operation, productId, userId };
    }
    case "Unsubscribe": {
      const subscriptionId = read("subscriptionId");
      return subscriptionId === undefined ? undefined : { operation, subscriptionId };
    }
    default:
      return undefined;
  }
}

function valuesOf(delegation: Delegation): readonly string[] {
  const values: Readonly<Record<string, string>> = delegation;
  return signedParameters[delegation.operation].map((name) => values[name] ?? "");
}

/** What a query asks for, or undefined for one that no portal makes: a value that is missing, there twice, too long
 * or with a line break. `query` is the URL's, as it came. */
export function parseDelegation(query: string): SignedDelegation | undefined {
  if (query.length > longestQuery) return undefined;
  const parameters = new URLSearchParams(query);
  const read: Reader = (name) => {
    const [value, ...more] = parameters.getAll(name);
    const usable = value !== undefined && more.length === 0 && value !== "";
    return usable && value.length <= longestValue && !control.test(value) ? value : undefined;
  };
  const [operation = "", salt, signature] = [read("operation"), read("salt"), read("sig")];
  const delegation = readDelegation(operation, read);
  if (delegation === undefined || salt === undefined || signature === undefined) return undefined;
  return { delegation, salt, signature, text: [salt, ...valuesOf(delegation)].join("\n") };
}

/** The query of the same link, without anything that is not part of it. */
export function delegationQuery({ delegation, salt, signature }: SignedDelegation): string {
  return new URLSearchParams({ ...delegation, salt, sig: signature }).toString();
}

/** The bytes of a validation key, which is printed as base64; undefined for a text that is no such key, or too short. */
export function decodeValidationKey(text: string): Buffer | undefined {
  const printed = text.trim();
  const key = Buffer.from(printed, "base64");
  return key.length >= fewestKeyBytes && key.toString("base64") === printed ? key : undefined;
}

/** Whether the key signed the link: base64 of HMAC-SHA512, in its one spelling. Compares in constant time. */
export function isSignedWith(key: Buffer, { text, signature }: SignedDelegation): boolean {
  const wanted = Buffer.from(createHmac("sha512", key).update(text, "utf8").digest("base64"));
  const given = Buffer.from(signature);
  const sameLength = given.length === wanted.length;
  return timingSafeEqual(wanted, sameLength ? given : wanted) && sameLength;
}
