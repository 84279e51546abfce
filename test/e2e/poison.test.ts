// A request that cannot be looked at, through the built app in the local Functions host: from the event to the poison
// queue, to where people see it, and back.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DefaultAzureCredential } from "@azure/identity";
import { QueueClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventRow } from "../../dev/stack/people-file.ts";
import type { Stack } from "../../dev/stack/stack.ts";
import { idOf } from "../helpers/core-builders.ts";
import { startTestStack } from "../helpers/test-stack.ts";
import { attribute, type PageReader, readPage } from "../ui/page-reader.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const people = [inventRow(0)];
const user = idOf(people[0]?.WorkerID ?? "");
const approvals = `approvals:
  products:
    - product: payments-api
      rules:
        - { name: everybody-at-work, approve: 'requester.status == "active"' }
`;
let stack: Stack;
let poison: QueueClient;

beforeAll(async () => {
  stack = await startTestStack({
    people,
    approvals,
    // Five tries, one after the other.
    retryAfterMs: 0,
  });
  stack.apim.edit.putProduct({ id: "payments-api", displayName: "Payments" });
  stack.apim.edit.linkGroup("payments-api", "developers");
  poison = new QueueClient(`${stack.storage.queue}/rollcall-requests-poison`, new DefaultAzureCredential());
  expect((await post("/api/sync", { target: "contoso", mode: "apply" })).status).toBe(202);
  await stack.host.idle();
});
afterAll(async () => {
  await stack.close();
});

function post(path: string, body: unknown): Promise<Response> {
  const headers = { "x-functions-key": stack.keys.default, "content-type": "application/json" };
  return fetch(`${stack.host.address}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

function rollcall(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const file = join(root, "dist/cli/main.js");
    execFile(process.execPath, [file, ...args], { env: { ...process.env, ...stack.env } }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}

/** Submits requests of the one worker, and sends their events. */
async function ask(...ids: readonly string[]): Promise<void> {
  for (const id of ids)
    stack.apim.edit.putSubscription({ id, ownerId: user, scope: "/products/payments-api", state: "submitted" });
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
  expect((await post("/api/events/apim", events)).status).toBe(200);
  await stack.host.idle();
}

function stateOf(id: string): string | undefined {
  return stack.apim.state().subscriptions.find((each) => each.id === id)?.state;
}

/** The page of what failed, as an operator sees it. */
async function failedPage(): Promise<PageReader> {
  const signIn = `${stack.host.address}/api/ui/sign-in`;
  const form = attribute(readPage(await (await fetch(signIn)).text()).all("input", { name: "form" })[0], "value") ?? "";
  const signedIn = await fetch(signIn, {
    method: "POST",
    redirect: "manual",
    headers: { origin: stack.host.address },
    body: new URLSearchParams({ form, address: "operator@contoso.com", role: "operator" }),
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return readPage(await (await fetch(`${stack.host.address}/api/ui/failed`, { headers: { cookie } })).text());
}

describe("a request that cannot be looked at", () => {
  it("ends on the poison queue, on the command line and on the page, with its error", async () => {
    stack.apim.addFaults([
      { match: { path: "/subscriptions/key-1" }, fault: { status: 403, code: "AuthorizationFailed" } },
    ]);
    await ask("key-1");

    const { peekedMessageItems } = await poison.peekMessages({ numberOfMessages: 32 });
    expect(peekedMessageItems.map(({ messageText }) => JSON.parse(messageText))).toEqual([
      { target: "contoso", subscription: "key-1", via: "event" },
    ]);
    expect(await rollcall(["requests", "--open"])).toMatch(/^key-1 .* failed: APIM_FORBIDDEN /m);
    const open = JSON.parse(await rollcall(["requests", "--open", "--json"]));
    const error = { code: "APIM_FORBIDDEN", message: expect.stringContaining("403") };
    expect(open.requests).toMatchObject([{ subscription: "key-1", status: "failed", error }]);
    const page = await failedPage();
    expect(page.text).toContain("APIM_FORBIDDEN");
    expect(page.text).toContain(open.requests[0].error.message);
    expect(page.all("form", { action: "/api/ui/requests/contoso/key-1/retry" })).toHaveLength(1);
    expect(stateOf("key-1")).toBe("submitted");
  });

  it("is taken up by `rollcall requests retry`, once the cause is gone, and answered", async () => {
    stack.apim.clearFaults();

    expect(JSON.parse(await rollcall(["requests", "retry", "key-1", "--json"]))).toEqual({
      target: "contoso",
      subscription: "key-1",
      queued: true,
      takenFromPoison: 1,
    });
    await stack.host.idle();

    expect(stateOf("key-1")).toBe("active");
    expect((await poison.getProperties()).approximateMessagesCount).toBe(0);
    expect(await rollcall(["requests", "--open"])).toBe("No open requests\n");
    expect((await failedPage()).text).toContain("Nothing has failed");
    const told = JSON.parse(await rollcall(["requests", "key-1", "--json"]));
    expect(told).toMatchObject({ status: "answered", answer: { rule: "everybody-at-work" } });
    expect(told).not.toHaveProperty("error");
  });
});

describe("a batch that could not be spread", () => {
  it("is shown with all of its subscriptions, and is taken up by the name of one", async () => {
    const ids = ["key-2", "key-3"];
    for (const id of ids)
      stack.apim.edit.putSubscription({ id, ownerId: user, scope: "/products/payments-api", state: "submitted" });
    await poison.sendMessage(JSON.stringify({ target: "contoso", subscriptions: ids, via: "event" }));

    expect((await failedPage()).text).toContain("2 subscriptions of contoso");
    await rollcall(["requests", "retry", "key-3"]);
    await stack.host.idle();

    expect(ids.map(stateOf)).toEqual(["active", "active"]);
    expect((await poison.getProperties()).approximateMessagesCount).toBe(0);
  });
});
