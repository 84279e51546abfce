// The long-running delete of users since 2024-05-01: accepted with 202, true a moment later, polled at Location.
import type { Answer } from "./answer.ts";
import { empty, ok } from "./answer.ts";
import type { Call, Handler } from "./call.ts";
import { notFound } from "./errors.ts";
import type { Store } from "./store.ts";
import { removeUser } from "./user-rules.ts";

/** Accepts the delete; it takes effect when the delay of the settings has passed. */
export function acceptDelete(call: Call, userId: string): Answer {
  const id = (call.store.deletes.size + 1).toString(16).padStart(24, "5c730000");
  call.store.deletes.set(id, { id, userId, dueAt: call.now + call.settings.deleteDelayMs });
  call.store.runningDeletes.add(id);
  settleDeletes(call.store, call.now);
  return empty(202, {
    Location: `${call.origin}${call.path}?api-version=${call.version}&asyncId=${id}&asyncCode=204`,
    "Azure-AsyncOperation": `${call.origin}${call.base}/tenant/operationResults/${id}?api-version=${call.version}`,
  });
}

/** Lets every delete whose time has come take effect, once. Called before each request. */
export function settleDeletes(store: Store, now: number): void {
  for (const id of store.runningDeletes) {
    const operation = store.deletes.get(id);
    if (operation === undefined || operation.dueAt > now) continue;
    removeUser(store, operation.userId);
    store.runningDeletes.delete(id);
  }
}

/** The answer at Location: 202 while it runs, then 204. */
export function pollDelete(call: Call, operationId: string): Answer {
  if (!call.store.deletes.has(operationId)) return notFound("Resource");
  if (!call.store.runningDeletes.has(operationId)) return empty(204);
  return empty(202, { Location: `${call.origin}${call.path}?${call.query.toString()}` });
}

/** The answer at Azure-AsyncOperation. */
export const getOperationResult: Handler = (call, operationId) => {
  if (!call.store.deletes.has(operationId)) return notFound("Resource");
  const running = call.store.runningDeletes.has(operationId);
  const status = running ? "InProgress" : "Succeeded";
  return ok(running ? 202 : 200, {
    id: `${call.base}/tenant/operationResults/${operationId}`,
    name: operationId,
    status,
    error: null,
  });
};
