// Things that a plan leaves alone and that somebody should know about. They never stop a run.
import type { WorkerFindingCode } from "./standing.ts";

export type FindingCode =
  | WorkerFindingCode
  | "duplicateMark"
  | "markWiped"
  | "heldByOthers"
  | "accountPending"
  | "accountDeleted"
  | "accountProtected"
  | "accountForeign"
  | "accountAmbiguous"
  | "addressInUse"
  | "idTaken"
  | "noAccount"
  | "absentNotProved"
  | "groupForeign"
  | "groupLeftRules"
  | "productMissing"
  | "transferImpossible"
  | "keysKnownToLeaver"
  | "deleteDue";

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
