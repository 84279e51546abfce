// Which validation key signed a link. That a key cannot be read is no verdict on the link.
import { AppError, asAppError } from "../core/errors.ts";
import type { Clock, Secrets } from "../ports.ts";
import { decodeValidationKey, isSignedWith, type SignedDelegation } from "../webhook/delegation-signature.ts";

/** The key, or undefined when none of them signed the link.
 * @throws SECRET_UNAVAILABLE, SECRET_MALFORMED when a key that could have signed it cannot be had; ABORTED */
export type SigningKey = (
  link: SignedDelegation,
  secretNames: readonly string[],
  signal: AbortSignal,
) => Promise<Buffer | undefined>;

/** After a key was changed in the portal the kept one is stale; wrong links must not make every look a read. */
const freshMs = 30_000;

type Reads = readonly PromiseSettledResult<Buffer>[];

/** One look past the cache: whoever comes meanwhile waits for it, whoever comes soon after it takes what it saw. */
type FreshLook = { readonly at: number; readonly reads: Promise<Reads> };

function wasStopped(reads: Reads): boolean {
  return reads.some((each) => each.status === "rejected" && asAppError(each.reason).code === "ABORTED");
}

/** @throws why a key could not be had that could have signed the link */
function keyOf(link: SignedDelegation, reads: Reads): Buffer | undefined {
  const keys = reads.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const signed = keys.find((key) => isSignedWith(key, link));
  const failed = reads.find((each) => each.status === "rejected");
  if (signed === undefined && failed !== undefined) throw failed.reason;
  return signed;
}

/** Looks among the keys of these secrets, and once more past the cache when none fits. */
export function createSigningKey(secrets: () => Promise<Secrets>, clock: Pick<Clock, "now">): SigningKey {
  const freshLooks = new Map<string, FreshLook>();

  const read = async (name: string, fresh: boolean, signal: AbortSignal): Promise<Buffer> => {
    const key = decodeValidationKey(await (await secrets()).get(name, { fresh, signal }));
    if (key !== undefined) return key;
    throw new AppError(
      "SECRET_MALFORMED",
      `Cannot use the secret "${name}" to verify the portal's links: it is not base64 of at least 16 bytes, expected a validation key as API Management shows it under Delegation`,
    );
  };

  const readAll = (names: readonly string[], fresh: boolean, signal: AbortSignal): Promise<Reads> =>
    Promise.allSettled(names.map((name) => read(name, fresh, signal)));

  /** Each target has secrets of its own, so a look at one says nothing about the others. */
  const readPastCache = async (names: readonly string[], signal: AbortSignal): Promise<Reads> => {
    const key = JSON.stringify(names);
    for (;;) {
      const now = clock.now();
      const known = freshLooks.get(key);
      const isKept = known !== undefined && now - known.at < freshMs;
      const look: FreshLook = isKept ? known : { at: now, reads: readAll(names, true, signal) };
      freshLooks.set(key, look);
      const reads = await look.reads;
      if (!wasStopped(reads)) return reads;
      // Whoever looked has gone away and saw nothing: the next one looks.
      if (freshLooks.get(key) === look) freshLooks.delete(key);
      if (!isKept) return reads;
    }
  };

  return async (link, names, signal) =>
    keyOf(link, await readAll(names, false, signal)) ?? keyOf(link, await readPastCache(names, signal));
}
