// How the page calls what the records say in codes.
import type { ChangeKind } from "../core/change.ts";
import type { OutcomeStatus } from "../core/outcome.ts";
import type {
  Asked,
  RequestOutcomeCode,
  RequestRecord,
  RequestStatus,
  RequestVia,
  ReviewReason,
} from "../core/request.ts";
import type { RunRecord, RunStatus, RunTrigger } from "../core/run.ts";
import type { Tone } from "./parts.ts";

type Word = readonly [tone: Tone, text: string];

const requestStatus: Readonly<Record<RequestStatus, Word>> = {
  new: ["calm", "Not looked at yet"],
  asked: ["warn", "Waits for an answer"],
  decided: ["calm", "Answer is being written"],
  answered: ["good", "Answered"],
  closed: ["calm", "Closed"],
  failed: ["bad", "Failed"],
};

const outcome: Readonly<Record<RequestOutcomeCode, Word>> = {
  approved: ["good", "Approved"],
  rejected: ["bad", "Rejected"],
  expired: ["calm", "Access ended"],
  unapproved: ["warn", "Active without an approval"],
  withdrawn: ["calm", "Withdrawn"],
  answeredElsewhere: ["calm", "Answered elsewhere"],
  limitReached: ["warn", "Limit reached"],
  ownerBlocked: ["warn", "Owner blocked"],
  ownerProtected: ["calm", "Owner protected"],
  ownerMissing: ["warn", "Owner gone"],
  productUnpublished: ["warn", "Product not published"],
  productMissing: ["warn", "Product gone"],
  notOurs: ["calm", "Not for Rollcall"],
  baseline: ["calm", "There before Rollcall"],
};

/** Where a request stands: how it ended, or what it waits for. */
export function requestWord(record: RequestRecord): Word {
  if (record.status === "failed" || record.outcome === undefined) return requestStatus[record.status];
  return outcome[record.outcome.code];
}

export const reviewWords: Readonly<Record<ReviewReason, string>> = {
  changed: "What HR says about the owner has changed since the access was given.",
  ownerLeft: "The owner has left.",
  unapproved: "The access is there, but nobody approved it.",
};

export const viaWords: Readonly<Record<RequestVia, string>> = {
  event: "an event of API Management",
  sweep: "the regular sweep",
  delegation: "the developer portal",
  cli: "the command line",
  page: "this page",
};

export const roleWords: Readonly<Record<Asked["role"], string>> = {
  manager: "manager",
  owner: "product owner",
  named: "named in the rules",
  escalation: "escalation",
};

const runStatus: Readonly<Record<RunStatus, Word>> = {
  waiting: ["calm", "Waiting"],
  running: ["calm", "Running"],
  planned: ["calm", "Planned only"],
  blocked: ["warn", "Blocked"],
  finished: ["good", "Finished"],
  failed: ["bad", "Failed"],
  cancelled: ["warn", "Cancelled"],
};

/** A run that ended but has failed changes is not simply finished. */
export function runWord({ status, outcomes }: RunRecord): Word {
  if (status === "finished" && (outcomes?.failed ?? 0) > 0) return ["warn", "Finished with failures"];
  return runStatus[status];
}

export const triggerWords: Readonly<Record<RunTrigger, string>> = {
  timer: "timer",
  http: "HTTP",
  cli: "command line",
  event: "event",
};

export const outcomeWords: Readonly<Record<OutcomeStatus, Word>> = {
  applied: ["good", "Applied"],
  skipped: ["calm", "Skipped"],
  held: ["warn", "Held"],
  failed: ["bad", "Failed"],
};

/** Whether a kind of change gives access, takes it, or neither, and what a list of such changes is called. */
export const kindWords: Readonly<Record<ChangeKind, Word>> = {
  suspendSubscription: ["bad", "Suspend subscriptions"],
  transferSubscription: ["warn", "Transfer subscriptions"],
  blockUser: ["bad", "Block accounts"],
  removeProductLink: ["bad", "Take products from groups"],
  removeMember: ["bad", "Remove from groups"],
  deleteUser: ["bad", "Delete accounts"],
  createGroup: ["calm", "Create groups"],
  adoptGroup: ["calm", "Take over groups"],
  updateGroup: ["calm", "Rename groups"],
  addProductLink: ["good", "Give products to groups"],
  adoptUser: ["good", "Take over accounts"],
  updateUser: ["calm", "Update accounts"],
  createUser: ["good", "Create accounts"],
  unblockUser: ["good", "Unblock accounts"],
  addMember: ["good", "Add to groups"],
  resumeSubscription: ["good", "Resume subscriptions"],
  deleteGroup: ["bad", "Delete groups"],
};
