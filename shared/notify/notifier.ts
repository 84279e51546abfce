// Sends a notice by every way that is configured.
import { asAppError } from "../core/errors.ts";
import type { Log } from "../ports.ts";
import type { Notice, NoticeOutcome, Notifier } from "../request-ports.ts";
import type { Way } from "./way.ts";

/** A notifier over these ways. With none, a notice is only a line of the log, and what the page shows. */
export function createNotifier(ways: readonly Way[], log: Log): Notifier {
  async function sendBy(way: Way, notice: Notice, signal: AbortSignal): Promise<NoticeOutcome> {
    try {
      const refused = await way.send(notice, signal);
      const fields = { way: way.name, kind: notice.kind, addressees: notice.to.length, refused: refused.length };
      if (refused.length > 0) log.warn("notice.refused", fields);
      else log.info("notice.sent", fields);
      return { sentBy: [way.name], failed: [], refused };
    } catch (cause) {
      const error = asAppError(cause);
      const { code, message } = error;
      log.warn("notice.failed", { way: way.name, kind: notice.kind, code, message });
      return { sentBy: [], failed: [{ way: way.name, error }], refused: [] };
    }
  }

  return {
    async send(notice, signal) {
      const { only } = notice;
      const taken = ways.filter(({ name }) => only === undefined || only === name);
      // Machines that nobody configured miss nothing that a person waits for.
      if (taken.length === 0 && only !== "webhook")
        log.warn("notice.notConfigured", { kind: notice.kind, addressees: notice.to.length });
      const outcomes = await Promise.all(taken.map((way) => sendBy(way, notice, signal)));
      const failed = outcomes.flatMap((outcome) => outcome.failed);
      const stopped = failed.find(({ error }) => error.code === "ABORTED");
      if (stopped !== undefined) throw stopped.error;
      return {
        sentBy: outcomes.flatMap(({ sentBy }) => sentBy),
        failed,
        refused: outcomes.flatMap(({ refused }) => refused),
      };
    },
  };
}
