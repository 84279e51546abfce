// Events of subscriptions as Event Grid delivers them, and calls of the app on the local stack.
import type { Stack } from "../dev/stack/stack.ts";

export type Answered = { readonly ms: number; readonly text: string };
export type Call = { readonly path: string; readonly init: RequestInit; readonly expected: number };

/** Calls the app, and tells how long the answer took. @throws where it is another one than was expected */
export async function ask(stack: Stack, { path, init, expected }: Call): Promise<Answered> {
  const startedAt = performance.now();
  const answer = await fetch(`${stack.host.address}${path}`, { redirect: "manual", ...init });
  const text = await answer.text();
  const ms = performance.now() - startedAt;
  if (answer.status !== expected)
    throw new Error(`Cannot measure ${path.split("?")[0]}: it answered ${answer.status}, expected ${expected}`);
  return { ms, text };
}

/** One delivery with an event for each subscription. */
export function delivery(stack: Stack, ids: readonly string[]): Call {
  const { resourceId } = stack.apim;
  const events = ids.map((id) => ({
    id,
    topic: resourceId,
    subject: `/subscriptions/${id}`,
    eventType: "Microsoft.ApiManagement.SubscriptionCreated",
    data: { resourceUri: `${resourceId}/subscriptions/${id}` },
    dataVersion: "1",
    metadataVersion: "1",
    eventTime: "2026-03-02T09:00:00Z",
  }));
  const headers = { "x-functions-key": stack.keys.default, "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(events) };
  return { path: "/api/events/apim", init, expected: 200 };
}

/** Applies what HR says, and waits for its end. */
export async function syncOnce(stack: Stack): Promise<void> {
  const headers = { "x-functions-key": stack.keys.default };
  const body = JSON.stringify({ target: "contoso", mode: "apply" });
  await ask(stack, { path: "/api/sync", init: { method: "POST", headers, body }, expected: 202 });
  await stack.host.idle();
}
