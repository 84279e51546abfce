// Who accepts a plan. The host checks that a caller has some function key, but tells the app neither which one nor its
// name (the Node library hands on no key claims). So the keys that are reserved for accepting are also in Key Vault,
// and the key that was presented is compared with them.
import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "../core/errors.ts";
import type { Secrets } from "../ports.ts";

/** Name of the secret that holds the text of a function key. */
function keySecretName(keyName: string): string {
  return `function-key-${keyName}`;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

/** True where the vault answered that it has no such secret: that key opens nothing. */
function hasNone({ code, context }: AppError): boolean {
  return code === "SECRET_UNAVAILABLE" && context.status === 404;
}

/** The name of the reserved key that was presented, or undefined. A reserved key without a secret opens nothing.
 * @throws SECRET_UNAVAILABLE when the presented key may be one that could not be read: that is not a refusal */
export async function acceptingKey(
  presented: string | undefined,
  names: readonly string[],
  secrets: Secrets,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (presented === undefined || presented === "") return undefined;
  const shown = digest(presented);
  let failure: AppError | undefined;
  for (const name of names) {
    try {
      const key = (await secrets.get(keySecretName(name), { signal })).trim();
      if (key !== "" && timingSafeEqual(digest(key), shown)) return name;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (!hasNone(error)) failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}
