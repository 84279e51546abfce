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

/** The name of the reserved key that was presented, or undefined. A reserved key without a secret opens nothing.
 * @throws SECRET_UNAVAILABLE when no reserved key could be read: that is not a refusal */
export async function acceptingKey(
  presented: string | undefined,
  names: readonly string[],
  secrets: Secrets,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (presented === undefined || presented === "") return undefined;
  const shown = digest(presented);
  let failure: AppError | undefined;
  let read = 0;
  for (const name of names) {
    try {
      const key = (await secrets.get(keySecretName(name), { signal })).trim();
      read += 1;
      if (key !== "" && timingSafeEqual(digest(key), shown)) return name;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failure ??= error;
    }
  }
  if (read === 0 && failure !== undefined) throw failure;
  return undefined;
}
