// What the policy says about one request: approve, reject or ask, with the rule that said so and why each rule before
// it did not.

export type DecisionAnswer = "approve" | "reject" | "ask";

/** One rule, in the order of asking. `failed` is an error or a missing fact in the rule: nobody is approved by it, and
 * none behind it is asked, because one of them could approve what this one would have refused. */
export type RuleStep = {
  readonly rule: string;
  readonly answer: DecisionAnswer;
  readonly result: "yes" | "no" | "failed";
  /** With `failed`: a sentence without any value. */
  readonly reason?: string;
};

/** Whom to ask. `manager` is the requester's manager in HR, `owners` are the product's owners. */
export type ApproverSpec =
  | { readonly kind: "manager" }
  | { readonly kind: "owners" }
  | { readonly kind: "address"; readonly address: string };

/** How a question to people goes on without an answer. Days count from the question. */
export type AskTerms = {
  readonly approvers: readonly ApproverSpec[];
  readonly remindAfterDays?: number;
  readonly escalateAfterDays?: number;
  readonly escalateTo: readonly ApproverSpec[];
  readonly finalAfterDays: number;
  /** What stands when nobody has answered until then. */
  readonly finalAnswer: "approve" | "reject";
};

/** What an approval brings with it. */
export type AccessTerms = {
  /** Access ends so many days after the approval; undefined for no end. */
  readonly days?: number;
  /** The owner is warned so many days before the end. */
  readonly warnDays: number;
};

export type Decision = {
  readonly answer: DecisionAnswer;
  /** Name of the rule that decided; `default` where none did, or the name of the rule that failed. */
  readonly rule: string;
  readonly steps: readonly RuleStep[];
  /** A sentence for the developer that goes into `stateComment`; holds no HR facts. */
  readonly comment?: string;
  readonly ask: AskTerms;
  readonly access: AccessTerms;
  /** Whether API Management mails the developer about the answer. */
  readonly notify: boolean;
};

/** Facts about who asks. A field that HR does not give is absent, and a rule that reads it fails. */
export type RequesterFacts = {
  /** The worker's key. */
  readonly worker: string;
  /** User id in API Management. */
  readonly user: string;
  /** Ids of the groups of API Management that the user is in now. */
  readonly groups: readonly string[];
  /** The worker's fields as HR gives them, `status` included. */
  readonly person: Readonly<Record<string, string>>;
  /** Today's date where the person works, `YYYY-MM-DD`. */
  readonly today: string;
};

export type ProductFacts = {
  readonly id: string;
  readonly displayName: string;
  readonly published: boolean;
  readonly approvalRequired: boolean;
  readonly groups: readonly string[];
  readonly owners: readonly string[];
};

/** What the developer asked for. `name` is the developer's own text: nothing to approve by. */
export type RequestFacts = {
  readonly subscription: string;
  readonly name: string;
  /** Calendar date of the request, `YYYY-MM-DD`. */
  readonly date: string;
};

/** Another subscription of the same user. */
export type HeldSubscription = { readonly product: string; readonly state: string };

export type DecisionFacts = {
  /** Undefined for an account that Rollcall does not manage, or of which HR's facts are not known. */
  readonly requester: RequesterFacts | undefined;
  readonly product: ProductFacts;
  readonly request: RequestFacts;
  readonly subscriptions: readonly HeldSubscription[];
};

/** The compiled policy of one target. Never throws: what fails becomes `ask`. */
export type RequestPolicy = {
  decide(facts: DecisionFacts): Decision;
  /** Addresses of the product's owners. */
  owners(productId: string): readonly string[];
  readonly review: ReviewPolicy;
  /** Facts of HR that are older count as missing. Milliseconds. */
  readonly maxFactsAgeMs: number;
  /** The zone of people for whom HR names none: what `today` is. */
  readonly defaultTimeZone: string;
};

/** When an approval is looked at again, though its time is not over. */
export type ReviewPolicy = {
  /** Fields of a person whose change puts the request before the approvers again, such as `department`. */
  readonly whenChanged: readonly string[];
  /** What the sweep does with an active subscription of an approval-required product that nobody approved. */
  readonly unapproved: "report" | "suspend" | "ask";
};
