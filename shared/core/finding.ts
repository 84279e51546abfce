// Things that a plan leaves alone and that somebody should know about. They never stop a run.
import { workerFindingCodes } from "./standing.ts";

/** All of them; docs/runbook.md says what each means. */
export const findingCodes = [
  ...workerFindingCodes,
  "duplicateMark",
  "markWiped",
  "heldByOthers",
  "accountPending",
  "accountDeleted",
  "accountProtected",
  "accountForeign",
  "accountAmbiguous",
  "addressInUse",
  "idTaken",
  "noAccount",
  "absentNotProved",
  "workerUnknown",
  "groupForeign",
  "groupLeftRules",
  "productMissing",
  "transferImpossible",
  "keysKnownToLeaver",
  "deleteDue",
] as const;

export type FindingCode = (typeof findingCodes)[number];

export type Finding = {
  readonly code: FindingCode;
  readonly worker?: string;
  /** Ids of API Management. */
  readonly user?: string;
  readonly group?: string;
  readonly product?: string;
  readonly subscription?: string;
  /** One sentence without personal data. */
  readonly text: string;
};
