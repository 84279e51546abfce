// Which validation key signed a link. That a key cannot be read is no verdict on the link.
import { AppError } from "../core/errors.ts";
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

/** Looks among the keys of these secrets, and once more past the cache when none fits. */
export function createSigningKey(secrets: () => Promise<Secrets>, clock: Pick<Clock, "now">): SigningKey {
  let freshAt = Number.NEGATIVE_INFINITY;
  /** Why the last look past the cache saw nothing. Until the next one, what no kept key signed cannot be judged. */
  let blind: unknown;

  const read = async (name: string, fresh: boolean, signal: AbortSignal): Promise<Buffer> => {
    const key = decodeValidationKey(await (await secrets()).get(name, { fresh, signal }));
    if (key !== undefined) return key;
    throw new AppError(
      "SECRET_MALFORMED",
      `Cannot use the secret "${name}" to verify the portal's links: it is not base64 of at least 16 bytes, expected a validation key as API Management shows it under Delegation`,
    );
  };

  const look: (fresh: boolean, ...rest: Parameters<SigningKey>) => ReturnType<SigningKey> = async (
    fresh,
    link,
    names,
    signal,
  ) => {
    const reads = await Promise.allSettled(names.map((name) => read(name, fresh, signal)));
    const keys = reads.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const signed = keys.filter((key) => isSignedWith(key, link));
    const failed = reads.find((each) => each.status === "rejected");
    if (signed.length === 0 && failed !== undefined) throw failed.reason;
    return signed[0];
  };

  return async (link, names, signal) => {
    const found = await look(false, link, names, signal);
    if (found !== undefined) return found;
    const now = clock.now();
    if (now - freshAt < freshMs) {
      if (blind !== undefined) throw blind;
      return undefined;
    }
    freshAt = now;
    try {
      const seen = await look(true, link, names, signal);
      blind = undefined;
      return seen;
    } catch (error) {
      blind = error;
      throw error;
    }
  };
}
