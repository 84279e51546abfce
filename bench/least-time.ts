// The least time that token buckets allow for so many requests: what is in the bucket goes at once, the rest at its speed.
import type { Asked } from "./simulator.ts";
import type { ArmLimits } from "./simulator-job.ts";

/** Resource Manager's numbers for one principal in one subscription and region. */
export const publishedArmLimits: ArmLimits = {
  reads: { capacity: 250, perSecond: 25 },
  writes: { capacity: 200, perSecond: 10 },
  deletes: { capacity: 200, perSecond: 10 },
};

function operationOf(label: string): keyof ArmLimits {
  if (/^(GET|HEAD) /.test(label)) return "reads";
  return label.startsWith("DELETE ") ? "deletes" : "writes";
}

/** Seconds that these requests take at least under those limits, from full buckets. */
export function leastSecondsFor({ counts }: Pick<Asked, "counts">, limits: ArmLimits): number {
  const totals = { reads: 0, writes: 0, deletes: 0 };
  for (const [label, count] of Object.entries(counts)) totals[operationOf(label)] += count;
  const waits = (["reads", "writes", "deletes"] as const).map((operation) => {
    const { capacity, perSecond } = limits[operation];
    return Math.max(0, totals[operation] - capacity) / perSecond;
  });
  return Math.max(...waits);
}
