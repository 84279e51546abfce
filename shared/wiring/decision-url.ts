// The address in a question: signed for one person, and below the app's public address, never the address of a request.
import type { LinkTo } from "../flows/approval-world.ts";

/** Undefined where no public address or no secret is set: the question is answered on the page then.
 * @throws SECRET_UNAVAILABLE, SECRET_MALFORMED */
export function createDecisionUrl(
  publicBaseUrl: string | undefined,
  linkSecrets: (signal: AbortSignal) => Promise<readonly string[]>,
): (link: LinkTo, signal: AbortSignal) => Promise<string | undefined> {
  return async (link, signal) => {
    if (publicBaseUrl === undefined) return undefined;
    const [secret] = await linkSecrets(signal);
    if (secret === undefined) return undefined;
    const { signLink } = await import("../webhook/decision-link.ts");
    return `${publicBaseUrl}/api/ui/decide/${signLink(link, secret)}`;
  };
}
