// The guard's limits: what a rules file may say, and what counts where it says nothing.
import { z } from "zod";
import type { LimitKey, Limits } from "../core/policy.ts";

const ignoreBelowDefault = 5;

/** Kinds that take access away: nobody may let them touch more than half of the accounts at once. */
const maxRemovingPercent = 50;

const count = z
  .int()
  .min(0)
  .max(1_000_000)
  .optional()
  .meta({ description: "Blocked above this number of changes, with those of the last 24 hours." });
const ignoreBelow = z
  .int()
  .min(0)
  .max(100)
  .default(ignoreBelowDefault)
  .meta({ description: "The percentage counts only above this number of changes." });
const perGroup = z
  .boolean()
  .optional()
  .meta({ description: "The percentage is of each group's members, not of all of them." });

function percentUpTo(most: number) {
  const description = "Blocked above this share of our accounts that were active when the window began.";
  return z.number().min(0).max(most).optional().meta({ description });
}

type Numbers = { readonly count?: number | undefined; readonly percent?: number | undefined };

const needsNumber = [
  (limit: Numbers) => limit.count !== undefined || limit.percent !== undefined,
  "expected count, percent or both",
] as const;

const giving = z.strictObject({ count, percent: percentUpTo(100), ignoreBelow }).refine(...needsNumber);
const removing = z
  .strictObject({ count, percent: percentUpTo(maxRemovingPercent), ignoreBelow })
  .refine(...needsNumber);
const joining = z.strictObject({ count, percent: percentUpTo(100), perGroup, ignoreBelow }).refine(...needsNumber);
const leaving = z
  .strictObject({ count, percent: percentUpTo(maxRemovingPercent), perGroup, ignoreBelow })
  .refine(...needsNumber);

/** `limits` of a rules file or of a target. What it names replaces the default of that kind entirely. */
export const limitsSchema = z.strictObject({
  blockUser: removing.optional(),
  outOfScope: removing.optional().meta({ description: "Blocks whose reason is that people fell out of people.scope." }),
  deleteUser: removing.optional(),
  removeMember: leaving.optional(),
  suspendSubscription: removing.optional(),
  transferSubscription: removing.optional(),
  removeProductLink: removing.optional(),
  deleteGroup: removing.optional(),
  updateUser: giving.optional(),
  unblockUser: giving.optional(),
  resumeSubscription: giving.optional(),
  createUser: giving.optional(),
  adoptUser: giving.optional(),
  firstLoad: giving
    .optional()
    .meta({ description: "Instead of createUser, adoptUser and addMember while Rollcall has no account yet." }),
  addMember: joining.optional(),
  createGroup: giving.optional(),
  adoptGroup: giving.optional(),
  updateGroup: giving.optional(),
  addProductLink: giving.optional(),
} satisfies Record<LimitKey, z.ZodType>);

/** Cautious, and in force from the first run on. */
export const defaultLimits: Limits = {
  blockUser: { percent: 10, count: 50, ignoreBelow: ignoreBelowDefault },
  outOfScope: { percent: 5, count: 25, ignoreBelow: ignoreBelowDefault },
  deleteUser: { percent: 5, count: 25, ignoreBelow: ignoreBelowDefault },
  removeMember: { percent: 20, count: 200, perGroup: true, ignoreBelow: ignoreBelowDefault },
  suspendSubscription: { percent: 10, count: 50, ignoreBelow: ignoreBelowDefault },
  transferSubscription: { percent: 10, count: 50, ignoreBelow: ignoreBelowDefault },
  removeProductLink: { count: 5, ignoreBelow: ignoreBelowDefault },
  deleteGroup: { count: 2, ignoreBelow: ignoreBelowDefault },
  updateUser: { percent: 30, count: 500, ignoreBelow: ignoreBelowDefault },
  unblockUser: { percent: 10, count: 50, ignoreBelow: ignoreBelowDefault },
  resumeSubscription: { percent: 10, count: 50, ignoreBelow: ignoreBelowDefault },
  createUser: { count: 500, ignoreBelow: ignoreBelowDefault },
  adoptUser: { count: 500, ignoreBelow: ignoreBelowDefault },
  firstLoad: { count: 5_000, ignoreBelow: ignoreBelowDefault },
  addMember: { count: 5_000, ignoreBelow: ignoreBelowDefault },
  createGroup: { count: 50, ignoreBelow: ignoreBelowDefault },
  adoptGroup: { count: 5, ignoreBelow: ignoreBelowDefault },
  updateGroup: { count: 50, ignoreBelow: ignoreBelowDefault },
  addProductLink: { count: 50, ignoreBelow: ignoreBelowDefault },
};
