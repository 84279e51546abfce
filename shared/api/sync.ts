// `POST /api/sync`: asks for a run and says where to look for it.
import type { App } from "../app.ts";
import { requestRun } from "../flows/request-run.ts";
import type { Log } from "../ports.ts";
import { acceptingKey } from "./accept-key.ts";
import { type Answer, failureAnswer } from "./answer.ts";
import { parseSyncBody } from "./sync-body.ts";

export type SyncCall = { readonly body: string; readonly key: string | undefined };

/** 202 with `Location`, 400 with every problem, 403 for a key that may not accept, 404 for an unknown digest. */
export async function sync(call: SyncCall, app: App, log: Log, signal: AbortSignal): Promise<Answer> {
  try {
    const targets = await app.timedTargets(signal);
    const parsed = parseSyncBody(
      call.body,
      targets.map(({ name }) => name),
    );
    if (!parsed.ok) return { status: 400, jsonBody: { error: { code: "BAD_REQUEST", problems: parsed.problems } } };
    const { request } = parsed;
    const by =
      request.accept === undefined
        ? undefined
        : await acceptingKey(call.key, app.settings.acceptKeyNames, await app.secrets(), signal);
    if (request.accept !== undefined && by === undefined) {
      const names = app.settings.acceptKeyNames.map((name) => `"${name}"`).join(", ");
      const message = `Cannot accept the plan: the function key is not reserved for accepting, expected ${names} with its text in Key Vault`;
      return { status: 403, jsonBody: { error: { code: "NOT_RESERVED", message } } };
    }
    const asked = await requestRun(
      request,
      { trigger: "http", ...(by === undefined ? {} : { by }) },
      await app.world(log),
      signal,
    );
    if (asked.status === "unknownDigest")
      return { status: 404, jsonBody: { error: { code: "UNKNOWN_DIGEST", message: asked.text } } };
    return { status: 202, headers: { Location: `/api/runs/${asked.run.id}` }, jsonBody: { runId: asked.run.id } };
  } catch (error) {
    return failureAnswer(error);
  }
}
