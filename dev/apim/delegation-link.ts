// The portal's side of delegation: the links that it sends browsers to. As Microsoft's page on delegation says: base64 of
// HMAC-SHA512 over the values, each on a line, with the validation key decoded from base64.
import { createHmac, randomBytes } from "node:crypto";

export type DelegationWish =
  | { readonly operation: "SignIn" | "SignUp"; readonly returnUrl: string }
  | { readonly operation: "ChangePassword" | "ChangeProfile" | "CloseAccount" | "SignOut"; readonly userId: string }
  | { readonly operation: "Subscribe"; readonly productId: string; readonly userId: string }
  | { readonly operation: "Unsubscribe"; readonly subscriptionId: string; readonly userId: string };

export type LinkOptions = {
  /** The delegation endpoint, with its own query if it has one. */
  readonly endpoint: string;
  readonly validationKey: string;
  /** Random unless stated. */
  readonly salt?: string;
};

function signedValues(wish: DelegationWish): readonly string[] {
  switch (wish.operation) {
    case "SignIn":
    case "SignUp":
      return [wish.returnUrl];
    case "Subscribe":
      return [wish.productId, wish.userId];
    case "Unsubscribe":
      // The portal passes the user on, and signs the subscription alone.
      return [wish.subscriptionId];
    default:
      return [wish.userId];
  }
}

/** The address that the portal redirects to. */
export function delegationLink(wish: DelegationWish, { endpoint, validationKey, salt }: LinkOptions): string {
  const own = salt ?? randomBytes(16).toString("base64");
  const text = [own, ...signedValues(wish)].join("\n");
  const sig = createHmac("sha512", Buffer.from(validationKey, "base64")).update(text, "utf8").digest("base64");
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries({ ...wish, salt: own, sig })) url.searchParams.set(name, value);
  return url.href;
}
