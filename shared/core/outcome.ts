// What became of one change of a plan.
import type { ChangeKind } from "./change.ts";
import type { ErrorCode } from "./errors.ts";

export type OutcomeStatus = "applied" | "skipped" | "held" | "failed";

/** Why a change was not made, though nothing failed. */
export type SkipReason =
  /** The before-values or the HR reason no longer hold. */
  | "changedMeanwhile"
  /** A change that it depends on failed or was skipped. */
  | "dependencyFailed"
  /** It was already so. */
  | "alreadySo"
  /** The run was stopped before it. */
  | "stopped";

export type Outcome = {
  /** The change's id, from `changeId`. */
  readonly id: string;
  readonly kind: ChangeKind;
  readonly key: string;
  readonly status: OutcomeStatus;
  readonly at: number;
  /** With `skipped` and `held`. */
  readonly reason?: SkipReason;
  /** With `failed`. */
  readonly code?: ErrorCode;
  /** One sentence for a reader, without personal data. */
  readonly text?: string;
  /** Id of the change that it depended on, with `dependencyFailed`. */
  readonly dependsOn?: string;
};
