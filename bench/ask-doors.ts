// Asks each door of the app on the local stack again and again, and tells how long the answers took. The app, its host and
// who asks are one process, so what the app does for one answer delays the next one: the times are rather too long.
import { DefaultAzureCredential } from "@azure/identity";
import { QueueClient } from "@azure/storage-queue";
import { delegationLink } from "../dev/apim/delegation-link.ts";
import { inventRow } from "../dev/stack/people-file.ts";
import { tenantId } from "../dev/stack/rules-file.ts";
import type { Stack } from "../dev/stack/stack.ts";
import { type Answered, ask, delivery } from "./event-delivery.ts";
import { quantile } from "./quantile.ts";
import { startBenchStack } from "./start-stack.ts";
import type { DoorsTask, Facts } from "./task.ts";

const publicBaseUrl = "https://rollcall.contoso.com";
const approver = "api-owners@contoso.com";
const largestDelivery = 1024 * 1024;
/** How often each door is asked: one that is quick, and one that leaves thousands of messages behind. */
const often = 50;
const seldom = 40;
/** One for each answer, and one more to make the door warm. */
const questions = often + 1;
const people = 20;

const approvals = `approvals:
  products:
    - product: payments-api
      owners: [${approver}]
      ask: { approvers: [owners] }
`;

function factsOf(door: string, times: readonly number[]): Facts {
  return {
    [`${door}: p50`]: quantile(times, 0.5),
    [`${door}: p95`]: quantile(times, 0.95),
    [`${door}: max`]: Math.max(...times),
    [`${door}: times`]: times.length,
  };
}

function principal(address: string, objectId: string, role?: string): Readonly<Record<string, string>> {
  const claims = [
    { typ: "http://schemas.microsoft.com/identity/claims/objectidentifier", val: objectId },
    { typ: "http://schemas.microsoft.com/identity/claims/tenantid", val: tenantId },
    { typ: "preferred_username", val: address },
    ...(role === undefined ? [] : [{ typ: "roles", val: role }]),
  ];
  return { "x-ms-client-principal": Buffer.from(JSON.stringify({ auth_typ: "aad", claims })).toString("base64") };
}

const owner = principal(approver, "ffffffff-0000-4000-8000-000000000001", "rollcall.approver");

function idsOf(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, number) => `65f0c1d2e3a4b5c6${String(from + number).padStart(8, "0")}`);
}

/** So many events as the largest delivery of Event Grid holds. */
function mostEvents(stack: Stack): number {
  const [one, two] = [1, 2].map((count) => String(delivery(stack, idsOf(count)).init.body).length);
  return Math.min(5_000, Math.floor(largestDelivery / ((two ?? 0) - (one ?? 0))));
}

const settings = {
  WEBSITE_AUTH_ENABLED: "True",
  ROLLCALL_LOCAL_SIGN_IN: "false",
  ROLLCALL_PUBLIC_BASE_URL: publicBaseUrl,
};

/** The answering links that the approver was sent, as paths. */
async function askQuestions(stack: Stack): Promise<readonly string[]> {
  const ids = Array.from({ length: questions }, (_, number) => `asked-${number}`);
  const worker = stack.apim.state().users.find(({ id }) => id.startsWith("rc-"))?.id;
  for (const id of ids)
    stack.apim.edit.putSubscription({ id, ownerId: worker, scope: "/products/payments-api", state: "submitted" });
  await ask(stack, delivery(stack, ids));
  await stack.host.idle();
  const links = stack.mailbox
    .mails()
    .flatMap(({ text }) => /https?:\/\/\S+(\/api\/ui\/decide\/\S+)/.exec(text)?.[1] ?? []);
  if (links.length < questions) throw new Error(`Cannot measure answers: ${links.length} of ${questions} mails came`);
  return links;
}

/** Milliseconds of so many calls; one before them makes the door warm. */
async function sample(times: number, call: (time: number) => Promise<number>): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let time = 0; time <= times; time += 1) taken.push(await call(time));
  return taken.slice(1);
}

async function eventDoor(stack: Stack, queue: QueueClient): Promise<Facts> {
  const send = async (count: number, time: number): Promise<number> =>
    (await ask(stack, delivery(stack, idsOf(count, time * count)))).ms;
  // What a delivery leaves behind would be looked at while the next one is measured.
  const quietly = (count: number) => async (time: number) => {
    const ms = await send(count, time);
    await queue.clearMessages();
    return ms;
  };
  const largest = mostEvents(stack);
  const one = await sample(often, quietly(1));
  const thousand = await sample(seldom, quietly(1_000));
  const most = await sample(seldom, quietly(largest));
  await send(largest, 0);
  const busy = await sample(often, (time) => send(1, time));
  await queue.clearMessages();
  await stack.host.idle();
  return {
    ...factsOf("POST /api/events/apim, one event", one),
    ...factsOf("POST /api/events/apim, 1,000 events", thousand),
    ...factsOf(`POST /api/events/apim, ${largest.toLocaleString("en")} events (1 MB)`, most),
    ...factsOf("POST /api/events/apim, one event, while a full delivery is worked off", busy),
  };
}

async function delegationDoor(stack: Stack): Promise<Facts> {
  const row = inventRow(0);
  const init = { headers: principal(row.Mail, row.EntraObjectId) };
  const options = { endpoint: `${publicBaseUrl}/api/delegation`, validationKey: stack.apim.validationKeys.primary };
  const times = await sample(often, async () => {
    const { pathname, search } = new URL(delegationLink({ operation: "SignIn", returnUrl: "/products" }, options));
    return (await ask(stack, { path: `${pathname}${search}`, init, expected: 302 })).ms;
  });
  return factsOf("GET /api/delegation, a sign-in", times);
}

async function page(stack: Stack, links: readonly string[]): Promise<Facts> {
  const show = (path: string): Promise<Answered> => ask(stack, { path, init: { headers: owner }, expected: 200 });
  const list = await sample(often, async () => (await show("/api/ui")).ms);
  const opened: number[] = [];
  const answered = await sample(often, async (time) => {
    const path = links[time] ?? "";
    const { ms, text } = await show(path);
    opened.push(ms);
    const form = /name="form"[^>]*value="([^"]*)"/.exec(text)?.[1] ?? "";
    const headers = { ...owner, "sec-fetch-site": "same-origin" };
    const body = new URLSearchParams({ form, answer: "approve" });
    return (await ask(stack, { path, init: { method: "POST", headers, body }, expected: 303 })).ms;
  });
  return {
    ...factsOf(`GET /api/ui, ${links.length} open requests`, list),
    ...factsOf("GET /api/ui/decide, the link in a question", opened.slice(1)),
    ...factsOf("POST /api/ui/decide, the answer", answered),
  };
}

/** The middle, the 95th percentile and the longest time of each door, in milliseconds. */
export async function askDoors(task: DoorsTask): Promise<Facts> {
  const stack = await startBenchStack({ root: task.root, folder: task.folder, people, approvals, settings });
  try {
    const queue = new QueueClient(`${stack.storage.queue}/rollcall-requests`, new DefaultAzureCredential());
    const links = await askQuestions(stack);
    return { ...(await eventDoor(stack, queue)), ...(await delegationDoor(stack)), ...(await page(stack, links)) };
  } finally {
    await stack.close();
  }
}
