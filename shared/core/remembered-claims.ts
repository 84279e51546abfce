// Who claimed which address when everybody was last read, and who had several rows. A read of some workers, or one that
// broke off, does not show who else claims their addresses, and one of several rows says too little. Kept are digests
// alone, with a salt of their own: enough to compare with, nothing to read.
import { createHash } from "node:crypto";
import type { SpacedRead } from "./person.ts";

/** An address, folded, and the worker who claims it. */
export type Claim = readonly [address: string, worker: string];

export type RememberedClaims = {
  /** Epoch milliseconds: what has been claimed since then is not in it. */
  readonly at: number;
  readonly salt: string;
  /** For each claim the digests of address and worker, one after the other. */
  readonly claims: readonly string[];
  /** That nobody is known to claim an address proves nothing: only those that several claim are kept, or all of it is old. */
  readonly provesNothing?: true;
  /** Digests of the workers who had several rows, each with a source that had one of them. */
  readonly several?: readonly string[];
};

/** What is known beside a read of some workers about an address of one of them. */
export type OtherClaims = (address: string, worker: string) => "nobody" | "somebody" | "unknown";

/** Characters of a digest, six bits each: a million addresses have none in common, by one chance in 500. What they then
 * had in common would be held until somebody is read again. */
const digestLength = 8;

function digestOf(salt: string, kind: "address" | "worker" | "row", text: string): string {
  return createHash("sha256").update(`${salt}\n${kind}\n${text}`, "utf8").digest("base64url").slice(0, digestLength);
}

export type WholeRead = {
  readonly claims: Iterable<Claim>;
  /** The rows of the workers who have several. */
  readonly repeated: ReadonlyMap<string, readonly { readonly source: string }[]>;
  /** Only addresses that several workers claim are among the claims. */
  readonly sharedOnly: boolean;
};

function rowOf(source: string, worker: string): string {
  return `${source}\n${worker}`;
}

/** What everybody's rows show, in the form in which it is kept. `at`: since when changes are not in it, epoch milliseconds. */
export function rememberClaims(
  { claims, repeated, sharedOnly }: WholeRead,
  salt: string,
  at: number,
): RememberedClaims {
  const kept = new Set<string>();
  for (const [address, worker] of claims) {
    kept.add(digestOf(salt, "address", address) + digestOf(salt, "worker", worker));
  }
  const several = new Set<string>();
  for (const [worker, rows] of repeated) {
    for (const { source } of rows) several.add(digestOf(salt, "row", rowOf(source, worker)));
  }
  return { at, salt, claims: [...kept], ...(sharedOnly && { provesNothing: true }), several: [...several] };
}

/** Whether some workers only were asked for in one of the reads. */
export function isPartial(reads: readonly SpacedRead[]): boolean {
  return reads.some(({ read }) => read.evidence.partial !== undefined);
}

/** Whether the claims are new enough for these reads. A read of changes shows each claim that was made since the whole
 * read from which it counts; beside a read of one worker claims count that were made at `since` or later (epoch
 * milliseconds). */
export function areFresh({ at }: RememberedClaims, reads: readonly SpacedRead[], since: number): boolean {
  return reads.every(({ read }) => read.evidence.partial === undefined || at >= (read.changesSince ?? since));
}

/** Whether all that was asked for came. An answer with nobody in it proves nothing. */
function isWhole({ read: { completeness, evidence } }: SpacedRead): boolean {
  return evidence.partial === undefined ? completeness === "complete" : evidence.brokeOff !== true;
}

/** Whether some of what was asked for may be missing in one of the reads. */
export function isBrokenOff(reads: readonly SpacedRead[]): boolean {
  return !reads.every(isWhole);
}

/** What the last read of everybody shows of whom these reads may not show. */
export type Beside = {
  readonly others: OtherClaims;
  /** Whether rows of the worker may be missing: there were several, and the read of a source that had one broke off. */
  readonly mayMissRows: (worker: string) => boolean;
};

function lookUp({ salt, claims }: RememberedClaims): OtherClaims {
  const claimants = new Map<string, Set<string>>();
  for (const claim of claims) {
    const address = claim.slice(0, digestLength);
    const known = claimants.get(address) ?? new Set();
    claimants.set(address, known.add(claim.slice(digestLength)));
  }
  return (address, worker) => {
    const known = claimants.get(digestOf(salt, "address", address));
    const own = digestOf(salt, "worker", worker);
    return [...(known ?? [])].some((each) => each !== own) ? "somebody" : "nobody";
  };
}

function missingRows(reads: readonly SpacedRead[], remembered: RememberedClaims | undefined): Beside["mayMissRows"] {
  const several = new Set(remembered?.several);
  const sources = reads.filter((each) => !isWhole(each)).map(({ read }) => read.source);
  if (remembered === undefined || several.size === 0) return () => false;
  return (worker) => sources.some((source) => several.has(digestOf(remembered.salt, "row", rowOf(source, worker))));
}

/** Undefined for reads that show everybody, and for one that broke off where nothing is remembered. Where some workers
 * only were asked for, all claims are unknown then. */
export function besideReads(
  reads: readonly SpacedRead[],
  remembered: RememberedClaims | undefined,
): Beside | undefined {
  const isPart = isPartial(reads);
  if (!isPart && (remembered === undefined || !isBrokenOff(reads))) return undefined;
  const mayMissRows = missingRows(reads, remembered);
  const isProved = remembered !== undefined && !(isPart && remembered.provesNothing === true);
  return { others: isProved ? lookUp(remembered) : () => "unknown", mayMissRows };
}
