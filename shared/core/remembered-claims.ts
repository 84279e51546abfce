// Who claimed which address when everybody was last read. A read of some workers does not show who else claims their
// addresses, and an address that nobody is known to share could be another person's. Kept are digests alone, with a salt
// of their own: enough to compare with, nothing to read.
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
};

/** What is known beside a read of some workers about an address of one of them. */
export type OtherClaims = (address: string, worker: string) => "nobody" | "somebody" | "unknown";

/** Characters of a digest, six bits each: a million addresses have none in common, by one chance in 500. What they then
 * had in common would be held until somebody is read again. */
const digestLength = 8;

function digestOf(salt: string, kind: "address" | "worker", text: string): string {
  return createHash("sha256").update(`${salt}\n${kind}\n${text}`, "utf8").digest("base64url").slice(0, digestLength);
}

/** The claims in the form in which they are kept. `at`: since when changes are not in them, epoch milliseconds. */
export function rememberClaims(claims: Iterable<Claim>, salt: string, at: number): RememberedClaims {
  const kept = new Set<string>();
  for (const [address, worker] of claims) {
    kept.add(digestOf(salt, "address", address) + digestOf(salt, "worker", worker));
  }
  return { at, salt, claims: [...kept] };
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

/** What others claim. Undefined for reads of everybody, which show it themselves; without claims all is unknown. */
export function claimsBeside(
  reads: readonly SpacedRead[],
  remembered: RememberedClaims | undefined,
): OtherClaims | undefined {
  if (!isPartial(reads)) return undefined;
  if (remembered === undefined) return () => "unknown";
  const { salt, claims } = remembered;
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
