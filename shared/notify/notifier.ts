// Sends a notice by every way that is configured.
import { asAppError } from "../core/errors.ts";
import type { Log } from "../ports.ts";
import type { Notice, Notifier } from "../request-ports.ts";
import type { Way } from "./way.ts";

/** A notifier over these ways. With none, a notice is only a line of the log, and what the page shows. */
export function createNotifier(ways: readonly Way[], log: Log): Notifier {
  async function sendBy(way: Way, notice: Notice, signal: AbortSignal): Promise<readonly string[]> {
    try {
      const refused = await way.send(notice, signal);
      const fields = { way: way.name, kind: notice.kind, addressees: notice.to.length, refused: refused.length };
      if (refused.length > 0) log.warn("notice.refused", fields);
      else log.info("notice.sent", fields);
      return refused;
    } catch (error) {
      const { code, message } = asAppError(error);
      log.warn("notice.failed", { way: way.name, kind: notice.kind, code, message });
      throw error;
    }
  }

  return {
    async send(notice, signal) {
      const { only } = notice;
      const taken = ways.filter(({ name }) => only === undefined || only === name);
      // Machines that nobody configured miss nothing that a person waits for.
      if (taken.length === 0 && only === "webhook") return { sentBy: [], refused: [] };
      if (taken.length === 0) {
        log.warn("notice.notConfigured", { kind: notice.kind, addressees: notice.to.length });
        return { sentBy: [], refused: [] };
      }
      const results = await Promise.allSettled(taken.map((way) => sendBy(way, notice, signal)));
      const failed = results.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      const refused = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
      return { sentBy: taken.map(({ name }) => name), refused };
    },
  };
}
