// What the rules of an installation say, in the form in which the core takes it: plain values and two kinds of
// compiled rule. `shared/config` makes it from `rollcall.yaml`.
import type { ChangeKind } from "./change.ts";
import { type Person, type PersonTextField, personDateFields, personTextFields } from "./person.ts";

/** What a rule says about one person. An expression that fails is never `false`: it is a problem of that person. */
export type RuleResult =
  | { readonly ok: true; readonly value: boolean }
  | { readonly ok: false; readonly reason: string };

/** A compiled rule. `today` is the calendar date in the person's own zone. Never throws, same answer for same input. */
export type PersonRule = (person: Person, today: string) => RuleResult;

/** The fields of a person that a rule can name, all of them text. */
export const rulePersonFields = [
  "employeeNumber",
  "numberSpace",
  "worker",
  "status",
  ...personDateFields,
  ...personTextFields,
] as const;

export type RuleField = (typeof rulePersonFields)[number];

/** For people whose field has another value the rule says no, and never fails. */
export type RuleNeed = { readonly field: RuleField; readonly values: readonly string[] };

/** One limit. A kind is blocked when it exceeds `count`, or exceeds both `percent` and `ignoreBelow`. */
export type Limit = {
  readonly count?: number;
  readonly percent?: number;
  /** Only with memberships: the percentage is of each group's members, not of all of them. */
  readonly perGroup?: boolean;
  readonly ignoreBelow: number;
};

/** `outOfScope` counts the blocks whose reason is the scope; `firstLoad` replaces the limits of creating, adopting
 * and joining groups while the installation has no account of its own. */
export type LimitKey = ChangeKind | "outOfScope" | "firstLoad";

export type Limits = Readonly<Record<LimitKey, Limit>>;

export type GroupRule = {
  readonly id: string;
  readonly displayName: string;
  readonly members: PersonRule;
  /** What is known of the rule without asking it: whom it need not be asked about. Absent: nothing. */
  readonly needs?: readonly RuleNeed[];
  /** Products that the group sees; undefined where the rules do not say, so links are left alone. */
  readonly products?: readonly string[];
};

export type LeaverSubscriptions =
  | { readonly kind: "keep" }
  | { readonly kind: "suspend" }
  /** To the worker's manager, or to a user named by id. */
  | { readonly kind: "transfer"; readonly to: { readonly manager: true } | { readonly user: string } };

export type Lifecycle = {
  /** `create` makes accounts ahead; `existing` only manages those that people made by signing in. */
  readonly provision: "create" | "existing";
  readonly adopt: "email" | "never";
  readonly adoptIdentities: readonly string[];
  /** An account is wanted so many days before the start date. */
  readonly prehireDays: number;
  readonly leaver: { readonly subscriptions: LeaverSubscriptions; readonly deleteAfterDays?: number };
  readonly removedGroups: "keep" | "delete";
};

/** Which source gives a field of a worker who is in several. */
export type Precedence = {
  /** The sources that are merged, first the one whose word counts. */
  readonly default: readonly string[];
  /** Sources by field, where it is another order; those that are not named do not give the field. */
  readonly fields: { readonly [F in PersonTextField]?: readonly string[] | undefined };
};

export type PeoplePolicy = {
  readonly defaultTimeZone: string;
  /** Empty: any domain. Compared folded. */
  readonly emailDomains: readonly string[];
  readonly employments: "conflict" | "activeWins";
  /** What stands in an account for a person without a last name. */
  readonly missingFamilyName: string;
  readonly scope: PersonRule;
  /** The rule as it is written, "" for none: equal texts give equal answers. Absent: not known. */
  readonly scopeText?: string;
  /** The fields that the rule reads. Absent: not known. */
  readonly scopeReads?: readonly RuleField[];
  /** Absent: a worker in several sources is a conflict. */
  readonly precedence?: Precedence;
};

/** Everything that the rules say about one target. */
export type Policy = {
  readonly owner: string;
  readonly target: string;
  readonly people: PeoplePolicy;
  readonly groups: readonly GroupRule[];
  readonly lifecycle: Lifecycle;
  /** Patterns with `*`, matched against user ids and the addresses that API Management holds. */
  readonly protect: readonly string[];
  readonly limits: Limits;
};
