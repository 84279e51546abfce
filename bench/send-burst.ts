// Sends a burst of events to the app on the local stack and notes when the service has each decision. App, host, storage
// emulator and simulator are one process, so each waits for the others: the times are rather too long.
import type { Stack } from "../dev/stack/stack.ts";
import { createSasToken } from "../shared/apim/sas-token.ts";
import { ask, delivery } from "./event-delivery.ts";
import { quantile } from "./quantile.ts";
import { startBenchStack } from "./start-stack.ts";
import type { EventBurstTask, Facts } from "./task.ts";

const people = 200;
const perDelivery = 200;
/** So many requests tell what one costs the simulator. */
const samples = 500;

const approvals = `approvals:
  products:
    - product: payments-api
      owners: [api-owners@contoso.com]
      rules:
        - { name: payments-team, approve: 'requester.department == "Payments"' }
        - { name: others, reject: 'requester.department != "Payments"' }
      ask: { approvers: [owners] }
`;

function submit(stack: Stack, count: number): readonly string[] {
  const owners = stack.apim.state().users.flatMap(({ id }) => (id.startsWith("rc-") ? [id] : []));
  if (owners.length < people) throw new Error(`Cannot send events: ${owners.length} of ${people} accounts were made`);
  return Array.from({ length: count }, (_, number) => {
    const id = `65f0c1d2e3a4b5c6${String(number).padStart(8, "0")}`;
    const ownerId = owners[number % owners.length];
    stack.apim.edit.putSubscription({ id, ownerId, scope: "/products/payments-api", state: "submitted" });
    return id;
  });
}

/** Seconds that the simulator needs for one read over its socket, one after the other. */
async function secondsOfRequest({ apim }: Stack, id: string): Promise<number> {
  const now = Date.now();
  const { identifier, primaryKey: key } = apim;
  const token = createSasToken({ identifier, key, now, expiresAt: now + 3_600_000 });
  const url = `${apim.address}${apim.resourceId}/subscriptions/${id}?api-version=2021-08-01`;
  const startedAt = performance.now();
  for (let sample = 0; sample < samples; sample += 1) {
    const answer = await fetch(url, { headers: { authorization: `SharedAccessSignature ${token}` } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`Cannot measure the simulator: it answered ${answer.status}, expected 200`);
  }
  return (performance.now() - startedAt) / 1000 / samples;
}

/** Seconds until the last decision, the 95th percentile from an event to its decision, requests, and the simulator's part. */
export async function sendBurst(task: EventBurstTask): Promise<Facts> {
  const { root, folder } = task;
  const stack = await startBenchStack({ root, folder, people, approvals });
  try {
    const { store } = stack.apim;
    const ids = submit(stack, task.events);
    const decidedAt = new Map<string, number>();
    store.watchSubscriptions((_, id) => {
      if (store.subscriptions.get(id)?.state !== "submitted" && !decidedAt.has(id))
        decidedAt.set(id, performance.now());
    });
    const before = stack.apim.requests().total;
    const startedAt = performance.now();
    for (let from = 0; from < ids.length; from += perDelivery)
      await ask(stack, delivery(stack, ids.slice(from, from + perDelivery)));
    await stack.host.idle();
    if (decidedAt.size < ids.length)
      throw new Error(`Cannot measure the burst: ${decidedAt.size} of ${ids.length} requests were decided`);
    const waits = [...decidedAt.values()].map((at) => (at - startedAt) / 1000);
    const requests = stack.apim.requests().total - before;
    const simulatorSeconds = requests * (await secondsOfRequest(stack, ids[0] ?? ""));
    return { seconds: Math.max(...waits), p95: quantile(waits, 0.95), requests, simulatorSeconds };
  } finally {
    await stack.close();
  }
}
