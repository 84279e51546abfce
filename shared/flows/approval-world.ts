// What answering subscription requests needs: the ports, one target's client and policy, and the links in questions.
import type { RequestPolicy } from "../core/decision.ts";
import type { Apim, Clock, Log } from "../ports.ts";
import type { Audit, Notifier, RequestQueue, RequestStore, Roster } from "../request-ports.ts";

/** One service, its rules for requests, and what the rules say about leavers' keys. */
export type ApprovalTarget = {
  readonly name: string;
  /** Name of the installation in marks. */
  readonly owner: string;
  readonly apim: Apim;
  readonly policy: RequestPolicy;
  /** Patterns of accounts that nothing is decided for. */
  readonly protect: readonly string[];
  readonly leaver: {
    /** Whether a leaver's subscriptions are handed over; otherwise their keys stop. */
    readonly handsOver: boolean;
    /** The product's owners and the manager are told so many days before a last day. Absent: nobody is. */
    readonly warnDaysBefore?: number;
    /** Both keys of a subscription that was handed over are made anew after so many days. Absent: only reported. */
    readonly regenerateAfterDays?: number;
  };
};

/** What names one person's link to one question. */
export type LinkTo = {
  readonly target: string;
  readonly subscription: string;
  readonly nonce: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
};

export type ApprovalWorld = {
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly requests: RequestStore;
  readonly roster: Roster;
  readonly queue: RequestQueue;
  readonly notifier: Notifier;
  readonly audit: Audit;
  /** The target of that name; undefined where the rules say nothing about requests, so none is looked at.
   * @throws CONFIG_INVALID when the rules have no such target */
  readonly openTarget: (name: string, signal: AbortSignal) => Promise<ApprovalTarget | undefined>;
  /** Address of the page that shows the question, signed; undefined where no public address is set.
   * @throws SECRET_UNAVAILABLE, SECRET_MALFORMED */
  readonly decisionUrl: (link: LinkTo, signal: AbortSignal) => Promise<string | undefined>;
  /** A text of 128 random bits or more, safe in a URL: for links and for salts. */
  readonly createNonce: () => string;
};
