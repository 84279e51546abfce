// Who claims which address: written down after reads of everybody, looked up beside reads of some workers only.
import { asAppError } from "../core/errors.ts";
import type { SpacedRead } from "../core/person.ts";
import type { PlanDraft } from "../core/plan.ts";
import { areFresh, isBrokenOff, isPartial, type RememberedClaims, rememberClaims } from "../core/remembered-claims.ts";
import type { Clock, Log } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
import type { Target } from "./make-plan.ts";

/** Who claimed which address when everybody was last read, and who had several rows; undefined where that does not matter.
 * What it holds, it holds however old it is. Beside reads of some workers it proves nothing where it is longer ago than the
 * timer's runs leave it. @throws STORE_UNAVAILABLE, ABORTED */
export async function recentClaims(
  { policy, sources, everyMinutes }: Target,
  reads: readonly SpacedRead[],
  { store, clock }: { readonly store: Pick<RunStore, "getClaims">; readonly clock: Pick<Clock, "now"> },
  signal: AbortSignal,
): Promise<RememberedClaims | undefined> {
  if (!isPartial(reads) && !isBrokenOff(reads)) return undefined;
  const claims = await store.getClaims(policy.target, signal);
  const between = Math.max(0, ...sources.map(({ source }) => source.wholeEveryMs ?? 0));
  // Twice: a tick may come late, and a run takes its time.
  const since = clock.now() - between - 2 * everyMinutes * 60_000;
  return claims === undefined || areFresh(claims, reads, since) ? claims : { ...claims, provesNothing: true };
}

/** What to write down of a plan from reads of everybody: all claims where one of the sources can be read in parts, else
 * those that are shared. `at`: when reading began, epoch milliseconds. */
export function claimsToKeep(
  { sources }: Target,
  reads: readonly SpacedRead[],
  draft: Pick<PlanDraft, "show">,
  salt: string | undefined,
  at: number,
): RememberedClaims | undefined {
  const inParts = sources.some(({ source }) => source.readWorker !== undefined || source.readChanges !== undefined);
  const isWhole = reads.every(({ read }) => read.completeness === "complete");
  if (salt === undefined || !isWhole) return undefined;
  // Runs of one tick share a read, which may have begun earlier.
  const since = Math.min(at, ...reads.flatMap(({ read }) => [read.changesFrom?.at ?? at, read.began ?? at]));
  return rememberClaims(draft.show(!inParts), salt, since);
}

/** Writes it down. A failure costs runs that read some workers what they would give, until the next whole read.
 * @throws ABORTED */
export async function keepClaims(
  target: string,
  claims: RememberedClaims | undefined,
  { store, log }: { readonly store: Pick<RunStore, "putClaims">; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  if (claims === undefined) return;
  try {
    await store.putClaims(target, claims, signal);
  } catch (cause) {
    const { code } = asAppError(cause);
    if (code === "ABORTED") throw cause;
    log.warn("claims.unwritten", { code });
  }
}
