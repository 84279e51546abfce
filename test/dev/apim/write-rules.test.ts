// What the service refuses, and in which words.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator, ApimSimulatorOptions } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import type { Ask } from "./apim-test-kit.ts";
import { armDoor, flatDoor } from "./apim-test-kit.ts";

let simulator: ApimSimulator;
let ask: Ask;

async function restart(options: ApimSimulatorOptions): Promise<void> {
  await simulator.close();
  simulator = await createApimSimulator(options);
  ask = armDoor(simulator);
}

beforeEach(async () => {
  simulator = await createApimSimulator();
  ask = armDoor(simulator);
});

afterEach(() => simulator.close());

const user = { firstName: "Ada", lastName: "Abbott", email: "ada@contoso.com" };
const put = (path: string, properties: unknown, ifMatch?: string) =>
  ask("PUT", path, { body: { properties }, ...(ifMatch === undefined ? {} : { ifMatch }) });
const patch = (path: string, properties: unknown, ifMatch?: string) =>
  ask("PATCH", path, { body: { properties }, ...(ifMatch === undefined ? {} : { ifMatch }) });

describe("fields", () => {
  it("are checked all at once, each with its target", async () => {
    const reply = await put("/users/u1", {
      firstName: "",
      lastName: "x".repeat(101),
      email: "nobody",
      state: "asleep",
    });

    expect([reply.status, reply.body.error.code, reply.body.error.message]).toEqual([
      400,
      "ValidationError",
      "One or more fields contain incorrect values:",
    ]);
    expect(reply.body.error.details.map((detail: { target: string }) => detail.target)).toEqual([
      "firstName",
      "lastName",
      "state",
      "email",
    ]);
  });

  it.each([
    ["a group without a name", "/groups/g1", { description: "x" }, "displayName"],
    ["a group with a long name", "/groups/g1", { displayName: "x".repeat(301) }, "displayName"],
    ["an external group without an Entra id", "/groups/g1", { displayName: "x", type: "external" }, "externalId"],
    ["a subscription without a scope", "/subscriptions/s1", { displayName: "x" }, "scope"],
    [
      "a subscription to an unknown product",
      "/subscriptions/s1",
      { displayName: "x", scope: "/products/none" },
      "scope",
    ],
    ["a subscription to something else", "/subscriptions/s1", { displayName: "x", scope: "/users/1" }, "scope"],
    [
      "a subscription of an unknown user",
      "/subscriptions/s1",
      { displayName: "x", scope: "/apis", ownerId: "/users/no" },
      "ownerId",
    ],
    ["a product without a name", "/products/p1", {}, "displayName"],
    [
      "an identity of Entra",
      "/users/u1",
      { ...user, identities: [{ provider: "Aad", id: "x" }] },
      "identities[0].provider",
    ],
  ])("refuse %s", async (_what, path, properties, target) => {
    const reply = await put(path, properties);

    expect([reply.status, reply.body.error.details[0].target]).toEqual([400, target]);
  });

  it("do not let two users have one address, whatever its case", async () => {
    await put("/users/u1", user);
    const taken = await put("/users/u2", { ...user, email: "ADA@contoso.com" });
    await patch("/users/u1", { email: "other@contoso.com" }, "*");
    const free = await put("/users/u2", user);

    expect(taken.body.error.details).toEqual([
      { code: "IdentifierAlreadyInUse", target: "email", message: "User with specified identity already exists" },
    ]);
    expect(free.status).toBe(201);
  });
});

describe("users", () => {
  it("land in developers whatever the body says, and a PATCH changes only what it names", async () => {
    await put("/users/u1", { ...user, note: "kept", groups: [{ name: "administrators" }] });
    await patch("/users/u1", { email: "new@contoso.com" }, "*");
    const { body } = await ask("GET", "/users/u1");

    expect((await ask("GET", "/users/u1/groups")).body.value.map((group: { name: string }) => group.name)).toEqual([
      "developers",
    ]);
    expect(body.properties).toMatchObject({
      firstName: "Ada",
      note: "kept",
      identities: [{ provider: "Basic", id: "new@contoso.com" }],
    });
  });

  it("send mail only when they are asked to", async () => {
    await put("/users/u1", user);
    const quiet = [...simulator.state().mails];
    await put("/users/u2?notify=true", { ...user, email: "b@contoso.com", confirmation: "invite" });

    expect(quiet).toEqual([]);
    expect(simulator.state().mails).toEqual([
      { kind: "invite", to: "u2" },
      { kind: "account", to: "u2" },
    ]);
    expect(simulator.store.users.get("u2")?.state).toBe("pending");
  });

  it("with subscriptions are deleted only when these go too", async () => {
    await put("/users/u1", user);
    await put("/subscriptions/s1", { scope: "/apis", ownerId: "/users/u1", displayName: "x" });
    const refused = await ask("DELETE", "/users/u1", { ifMatch: "*" });
    const accepted = await ask("DELETE", "/users/u1?deleteSubscriptions=true", { ifMatch: "*" });

    expect([refused.status, refused.body.error.code, accepted.status]).toEqual([400, "ValidationError", 202]);
    expect(simulator.store.subscriptions.has("s1")).toBe(false);
  });

  it("stay until a running delete has its effect, and can be made anew after it", async () => {
    let now = Date.UTC(2024, 0, 1);
    await restart({ deleteDelayMs: 5_000, now: () => now });
    await put("/users/u1", user);
    const accepted = await ask("DELETE", "/users/u1", { ifMatch: "*" });
    const location = new URL(accepted.headers.get("location") ?? "");
    const path = `${location.pathname.slice(simulator.resourceId.length)}${location.search}`;

    const before = [(await ask("GET", path)).status, (await ask("GET", "/users/u1")).status];
    now += 5_000;
    const after = [(await ask("GET", path)).status, (await ask("GET", "/users/u1")).status];
    await put("/users/u1", user);

    expect([before, after]).toEqual([
      [202, 200],
      [204, 404],
    ]);
    expect((await ask("GET", "/users/u1")).status).toBe(200);
  });
});

describe("what cannot be changed", () => {
  it.each([
    ["PATCH", "/users/1"],
    ["PUT", "/users/1"],
    ["DELETE", "/users/1"],
    ["PATCH", "/groups/developers"],
    ["DELETE", "/groups/developers"],
    ["PUT", "/groups/guests/users/1"],
    ["DELETE", "/groups/developers/users/1"],
    ["PUT", "/groups/entra/users/1"],
    ["POST", "/users"],
  ])("%s %s is a 405", async (method, path) => {
    simulator.edit.putGroup({ id: "entra", type: "external", externalId: "aad://t/groups/o" });
    const reply = await ask(method, path, { ifMatch: "*", body: { properties: user } });

    expect([reply.status, reply.body.error.code]).toEqual([405, "MethodNotAllowed"]);
  });

  it("an external group takes members when the service is set so", async () => {
    await restart({ externalMembers: true });
    simulator.edit.putGroup({ id: "entra", type: "external" });

    expect((await ask("PUT", "/groups/entra/users/1")).status).toBe(201);
  });

  it.each([
    ["/users/none", "User not found."],
    ["/groups/none", "Group not found."],
    ["/products/none", "Product not found."],
    ["/subscriptions/none", "Subscription not found."],
    ["/groups/none/users", "Group not found."],
    ["/users/none/groups", "User not found."],
  ])("%s is a 404", async (path, message) => {
    const reply = await ask("GET", path);

    expect([reply.status, reply.body]).toEqual([404, { error: { code: "ResourceNotFound", message, details: null } }]);
  });
});

describe("If-Match", () => {
  it("has two row versions for users and one for groups, new after each write", async () => {
    const created = await put("/users/u1", user);
    const head = await ask("HEAD", "/users/u1");
    const group = await put("/groups/g1", { displayName: "G" });
    const updated = await patch("/users/u1", { lastName: "New" }, head.headers.get("etag") ?? "");

    expect(created.headers.get("etag")).toMatch(/^"[A-Za-z0-9+/]{22}=="$/);
    expect(group.headers.get("etag")).toMatch(/^"[A-Za-z0-9+/]{11}="$/);
    expect(head.headers.get("etag")).toBe(created.headers.get("etag"));
    expect(updated.headers.get("etag")).not.toBe(created.headers.get("etag"));
  });

  it("that no longer holds is a 412 for PUT, PATCH and DELETE", async () => {
    const { headers } = await put("/users/u1", user);
    simulator.edit.putUser({ id: "u1", lastName: "Changed outside" });
    const old = headers.get("etag") ?? "";
    const replies = [
      await put("/users/u1", user, old),
      await patch("/users/u1", {}, old),
      await ask("DELETE", "/users/u1", { ifMatch: old }),
    ];

    for (const reply of replies) {
      expect([reply.status, reply.body.error]).toEqual([
        412,
        { code: "PreconditionFailed", message: "Resource was modified since last retrieval.", details: null },
      ]);
    }
  });

  it("may be missing from PUT and DELETE, not from PATCH; in strict mode from none", async () => {
    const statuses = async () => [
      (await put("/groups/g1", { displayName: "G" })).status,
      (await put("/groups/g1", { displayName: "G" })).status,
      (await patch("/groups/g1", { displayName: "G" })).status,
      (await ask("DELETE", "/groups/g1")).status,
    ];

    expect(await statuses()).toEqual([201, 200, 400, 200]);
    await restart({ strictIfMatch: true });
    expect(await statuses()).toEqual([201, 400, 400, 400]);
  });
});

describe("subscriptions", () => {
  it("are limited for each owner and product, and a rejected one does not count", async () => {
    simulator.edit.putUser({ id: "u1" });
    const subscription = { scope: "/products/unlimited", ownerId: "/users/u1", displayName: "x" };
    const first = await put("/subscriptions/s1", subscription);
    const second = await put("/subscriptions/s2", subscription);
    const refusedOne = await put("/subscriptions/s3", { ...subscription, state: "rejected" });
    await patch("/subscriptions/s1", { state: "rejected", stateComment: "no" }, "*");
    const third = await put("/subscriptions/s2", subscription);

    expect([first.status, second.status, refusedOne.status, third.status]).toEqual([201, 400, 201, 201]);
    expect(second.body.error).toEqual({
      code: "ValidationError",
      message: "Subscriptions limit reached for same user",
      details: null,
    });
  });

  it("are found by their id in any capitals, and answer with their own", async () => {
    await put("/subscriptions/Sub-A1", { scope: "/products/unlimited", displayName: "First" });
    const second = await put("/subscriptions/SUB-A1", { scope: "/products/unlimited", displayName: "Second" });
    const { body } = await ask("GET", "/subscriptions/sub-a1");

    expect([second.status, body.name, body.properties.displayName]).toEqual([200, "Sub-A1", "Second"]);
    expect((await ask("DELETE", "/subscriptions/SUB-a1", { ifMatch: "*" })).status).toBe(200);
    expect((await ask("GET", "/subscriptions/Sub-A1")).status).toBe(404);
  });

  it("answer a PUT with keys and the owner, and echo a whole scope", async () => {
    simulator.edit.putUser({ id: "u1" });
    const whole = `${simulator.resourceId}/products/starter`;
    const { body } = await put("/subscriptions/s1", {
      scope: whole,
      ownerId: `${simulator.resourceId}/users/u1`,
      displayName: "x",
    });

    expect(body.properties).toMatchObject({
      scope: whole,
      state: "active",
      primaryKey: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(body.properties.user).toMatchObject({ id: `${simulator.resourceId}/users/u1`, groups: [], identities: [] });
    expect(body.properties.createdDate).toMatch(/\.\d{7}Z$/);
  });

  it("move to another owner by PATCH, set their dates, and get new keys", async () => {
    simulator.edit.putUser({ id: "u1" });
    await put("/subscriptions/s1", { scope: "/apis", ownerId: "/users/1", displayName: "x" });
    const moved = await patch(
      "/subscriptions/s1",
      { ownerId: "/users/u1", state: "cancelled", expirationDate: "2025-07-20T00:00:00Z" },
      "*",
    );
    const keys = (await ask("POST", "/subscriptions/s1/listSecrets")).body;
    await ask("POST", "/subscriptions/s1/regeneratePrimaryKey");
    const newKeys = (await ask("POST", "/subscriptions/s1/listSecrets")).body;

    expect(moved.body.properties).toMatchObject({
      ownerId: `${simulator.resourceId}/users/u1`,
      notificationDate: "2025-07-08T00:00:00Z",
    });
    expect(moved.body.properties.endDate).not.toBeNull();
    expect((await ask("GET", "/users/u1/subscriptions")).body.count).toBe(1);
    expect(newKeys.primaryKey).not.toBe(keys.primaryKey);
    expect(newKeys.secondaryKey).toBe(keys.secondaryKey);
  });

  it("change to any state, unless transitions are strict", async () => {
    const expire = async () => {
      await put("/subscriptions/s1", { scope: "/products/unlimited", displayName: "x", state: "submitted" });
      return (await patch("/subscriptions/s1", { state: "expired" }, "*")).status;
    };

    expect(await expire()).toBe(200);
    await restart({ strictTransitions: true });
    expect(await expire()).toBe(400);
  });

  it("are written by flat names in the flat dialect", async () => {
    const flat = flatDoor(simulator, "2017-03-01");
    const created = await flat("PUT", "/subscriptions/s1", {
      body: { userId: "/users/1", productId: "/products/starter", name: "x" },
    });
    simulator.edit.putUser({ id: "u1" });
    const other = await flat("PUT", "/subscriptions/s2", {
      body: { userId: "/users/u1", productId: "/products/starter", name: "x" },
    });

    expect(created.status).toBe(400);
    expect(other.body).toMatchObject({
      id: "/subscriptions/s2",
      userId: "/users/u1",
      productId: "/products/starter",
      name: "x",
    });
  });
});

describe("products", () => {
  it("are linked to administrators at birth, and deleted with subscriptions only on request", async () => {
    await put("/products/p1", { displayName: "P", subscriptionsLimit: 3 });
    await put("/subscriptions/s1", { scope: "/products/p1", displayName: "x" });
    const linked = simulator.state().links.p1;
    const refused = await ask("DELETE", "/products/p1", { ifMatch: "*" });
    const deleted = await ask("DELETE", "/products/p1?deleteSubscriptions=true", { ifMatch: "*" });

    expect(linked).toEqual(["administrators"]);
    expect(refused.body.error.message).toMatch(/^Product cannot be deleted since it has existing subscriptions\./);
    expect([deleted.status, simulator.store.subscriptions.has("s1")]).toEqual([200, false]);
  });

  it("without subscriptions have no limit and no approval", async () => {
    const { body } = await put("/products/p1", { displayName: "P", subscriptionRequired: false });

    expect(Object.keys(body.properties)).toEqual([
      "displayName",
      "description",
      "terms",
      "subscriptionRequired",
      "state",
    ]);
  });
});
