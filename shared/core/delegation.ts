// What the developer portal hands over to Rollcall: the operations of API Management's delegation, with their values,
// and why one is not carried out.
import type { AccountRefusal } from "./delegate-account.ts";

export type Delegation =
  | { readonly operation: "SignIn" | "SignUp"; readonly returnUrl: string }
  | { readonly operation: "ChangePassword" | "ChangeProfile" | "CloseAccount" | "SignOut"; readonly userId: string }
  | { readonly operation: "Subscribe"; readonly productId: string; readonly userId: string }
  | { readonly operation: "Unsubscribe"; readonly subscriptionId: string };

/** Who is signed in has no account to be signed in to. `unknown`: HR names nobody with this object id, or somebody who
 * has left. */
export type DelegateRefusal = AccountRefusal | "otherTenant" | "unknown";

export type DelegationRefusal =
  | DelegateRefusal
  /** The link is about another account. */
  | "otherPerson"
  /** The product is not there, not published, or for other groups. */
  | "productHidden"
  /** The subscription is not there, somebody else's, or over already. */
  | "nothingToEnd"
  /** The product allows no more subscriptions for one person. */
  | "limitReached";

/** What waits for a confirmation, as it is shown. Names and terms are somebody else's text. */
export type DelegationQuestion =
  | { readonly operation: "Subscribe"; readonly product: string; readonly terms: string }
  | { readonly operation: "Unsubscribe"; readonly subscription: string }
  | { readonly operation: "CloseAccount" };
