// One request with what is known about it, as pages show it.
import type { DecisionFacts, RuleStep } from "../core/decision.ts";
import type { RequestRecord } from "../core/request.ts";
import { type Html, html, outside } from "./html.ts";

export type ShownRequest = {
  readonly record: RequestRecord;
  /** What the rules saw; undefined where it was deleted, or was never read. */
  readonly facts?: DecisionFacts;
  /** What each rule said. */
  readonly steps?: readonly RuleStep[];
  /** Why nothing is known about who asks: a sentence without a full stop. */
  readonly missing?: string;
  /** When HR said so, epoch milliseconds. */
  readonly factsReadAt?: number;
  /** The manager's name, where HR names one. */
  readonly manager?: string;
};

/** A person's name as HR writes it. */
export function personName(person: {
  readonly displayName?: string | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
}): string | undefined {
  const whole = [person.givenName, person.familyName].filter((part) => part !== undefined && part !== "").join(" ");
  return person.displayName || whole || undefined;
}

/** Who asks: a name, or the account's id where HR's facts are not known. */
export function requesterName({ record, facts }: ShownRequest): string {
  const name = facts?.requester === undefined ? undefined : personName(facts.requester.person);
  return name ?? (record.ownerId === undefined ? "Somebody" : `Account ${record.ownerId}`);
}

/** The product: its name, or its id. */
export function productName({ record, facts }: ShownRequest): string {
  return facts?.product.displayName || record.productId || "a product that is gone";
}

/** "Ada Berg asks for Payments API"; a review is about access that is there. */
export function requestTitle(view: ShownRequest): string {
  const [name, product] = [requesterName(view), productName(view)];
  return view.record.review === undefined ? `${name} asks for ${product}` : `Review of ${name} with ${product}`;
}

/** The same for a heading, where each name stands by itself. */
export function requestHeading(view: ShownRequest): Html {
  const [name, product] = [outside(requesterName(view)), outside(productName(view))];
  return view.record.review === undefined ? html`${name} asks for ${product}` : html`Review of ${name} with ${product}`;
}
