// The official client holds the ARM door to the published contract, operation by operation.
import type { ApiManagementClient } from "@azure/arm-apimanagement";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { all, sdkClient } from "./apim-test-kit.ts";

const group = "contoso-apis";
const service = "contoso";
const person = { firstName: "Ada", lastName: "Abbott", email: "ada@contoso.com" };

let simulator: ApimSimulator;
let client: ApiManagementClient;

beforeEach(async () => {
  simulator = await createApimSimulator();
  client = sdkClient(simulator);
});

afterEach(() => simulator.close());

describe("users through the official SDK", () => {
  it("lists every user once over several pages, with groups when they are expanded", async () => {
    for (let number = 0; number < 7; number += 1) simulator.edit.putUser({ id: `u${number}` });

    const users = await all(client.user.listByService(group, service, { top: 3, expandGroups: true }));

    expect(users.map((user) => user.name)).toEqual(["1", "u0", "u1", "u2", "u3", "u4", "u5", "u6"]);
    expect(users[1]?.groups).toMatchObject([{ id: `${simulator.resourceId}/groups/developers` }]);
    expect(simulator.requests().counts).toEqual({ "GET users": 3 });
  });

  it("creates a user in developers with a Basic identity, and reads it back", async () => {
    const created = await client.user.createOrUpdate(group, service, "rc-1", { ...person, note: "a note" });
    const read = await client.user.get(group, service, "rc-1");

    expect(created.groups?.map((item) => item.builtIn)).toEqual([true]);
    expect(created.eTag).toBe(read.eTag);
    expect(read).toMatchObject({ ...person, name: "rc-1", state: "active", note: "a note" });
    expect(read.identities).toEqual([{ provider: "Basic", id: "ada@contoso.com" }]);
    expect(read.registrationDate).toBeInstanceOf(Date);
  });

  it("updates with the ETag that was read and refuses an older one", async () => {
    await client.user.createOrUpdate(group, service, "rc-1", person);
    const { eTag = "" } = await client.user.get(group, service, "rc-1");

    const updated = await client.user.update(group, service, "rc-1", eTag, { state: "blocked" });

    expect(updated.state).toBe("blocked");
    expect(updated.eTag).not.toBe(eTag);
    await expect(client.user.update(group, service, "rc-1", eTag, { state: "active" })).rejects.toMatchObject({
      statusCode: 412,
      code: "PreconditionFailed",
    });
  });

  it("deletes by a long-running operation", async () => {
    await client.user.createOrUpdate(group, service, "rc-1", person);

    await client.user.beginDeleteAndWait(group, service, "rc-1", "*", {
      deleteSubscriptions: true,
      updateIntervalInMs: 1,
    });

    await expect(client.user.get(group, service, "rc-1")).rejects.toMatchObject({
      statusCode: 404,
      code: "ResourceNotFound",
    });
    expect(simulator.requests().counts["GET tenant/operationresults/{id}"]).toBe(1);
  });

  it("gives a shared access token and a sign-in link", async () => {
    const token = await client.user.getSharedAccessToken(group, service, "1", {
      keyType: "primary",
      expiry: new Date(Date.now() + 3_600_000),
    });
    const link = await client.user.generateSsoUrl(group, service, "1");

    expect(token.value).toMatch(/^1&\d{14}&[A-Za-z0-9+/]+=*$/);
    expect(link.value).toMatch(/^https:\/\/contoso\.portal\.azure-api\.net\/signin-sso\?token=1%26\d{14}%26/);
  });

  it("lists a user's groups, subscriptions and identities", async () => {
    const groups = await all(client.userGroup.list(group, service, "1"));
    const subscriptions = await all(client.userSubscription.list(group, service, "1"));
    const identities = await all(client.userIdentities.list(group, service, "1"));

    expect(groups.map((item) => item.name)).toEqual(["developers", "administrators"]);
    expect(subscriptions.map((item) => item.scope)).toEqual(
      ["starter", "unlimited"].map((id) => `${simulator.resourceId}/products/${id}`),
    );
    expect(identities).toEqual([{ provider: "Azure", id: "admin@contoso.com" }]);
  });
});

describe("groups through the official SDK", () => {
  it("creates, reads, updates, lists and deletes a group", async () => {
    const created = await client.group.createOrUpdate(group, service, "payments", { displayName: "Payments" });
    const updated = await client.group.update(group, service, "payments", created.eTag ?? "", { description: "ours" });
    const listed = await all(client.group.listByService(group, service));
    await client.group.delete(group, service, "payments", updated.eTag ?? "");

    expect(created).toMatchObject({ displayName: "Payments", builtIn: false, typePropertiesType: "custom" });
    expect(updated.description).toBe("ours");
    expect(listed.map((item) => item.name)).toEqual(["administrators", "developers", "guests", "payments"]);
    await expect(client.group.get(group, service, "payments")).rejects.toMatchObject({ statusCode: 404 });
  });

  it("adds, finds, lists and removes a member", async () => {
    await client.user.createOrUpdate(group, service, "rc-1", person);
    await client.group.createOrUpdate(group, service, "payments", { displayName: "Payments" });

    const echo = await client.groupUser.create(group, service, "payments", "rc-1");
    const found = await client.groupUser.checkEntityExists(group, service, "payments", "rc-1");
    const members = await all(client.groupUser.list(group, service, "payments"));
    await client.groupUser.delete(group, service, "payments", "rc-1");

    expect([echo.id, echo.type, echo.groups, echo.identities]).toEqual([
      `${simulator.resourceId}/groups/payments/users/rc-1`,
      "Microsoft.ApiManagement/service/groups/users",
      [],
      [],
    ]);
    expect(found.body).toBe(true);
    expect(members.map((user) => user.email)).toEqual(["ada@contoso.com"]);
    expect((await client.groupUser.checkEntityExists(group, service, "payments", "rc-1")).body).toBe(false);
  });
});

describe("products and subscriptions through the official SDK", () => {
  it("lists products with groups, and links and unlinks a group", async () => {
    await client.group.createOrUpdate(group, service, "payments", { displayName: "Payments" });
    await client.productGroup.createOrUpdate(group, service, "starter", "payments");
    const linked = await all(client.productGroup.listByProduct(group, service, "starter"));
    const products = await all(client.product.listByService(group, service, { expandGroups: true }));
    await client.productGroup.delete(group, service, "starter", "payments");

    expect(linked.map((item) => item.name)).toEqual(["administrators", "developers", "guests", "payments"]);
    expect(products.map((item) => [item.name, item.approvalRequired])).toEqual([
      ["starter", false],
      ["unlimited", true],
    ]);
    expect(simulator.state().links.starter).not.toContain("payments");
  });

  it("creates a subscription as submitted, approves it, and shows its keys only on request", async () => {
    await client.user.createOrUpdate(group, service, "rc-1", person);
    const created = await client.subscription.createOrUpdate(group, service, "s1", {
      scope: "/products/unlimited",
      ownerId: "/users/rc-1",
      displayName: "Mine",
    });
    const approved = await client.subscription.update(group, service, "s1", created.eTag ?? "", { state: "active" });
    const read = await client.subscription.get(group, service, "s1");
    const secrets = await client.subscription.listSecrets(group, service, "s1");
    const listed = await all(client.subscription.list(group, service, { filter: "state eq 'active'" }));

    expect([created.state, created.startDate]).toEqual(["submitted", null]);
    expect([approved.state, approved.startDate?.toISOString().slice(10)]).toEqual(["active", "T00:00:00.000Z"]);
    expect(read.primaryKey).toBeUndefined();
    expect(secrets).toMatchObject({ primaryKey: created.primaryKey, secondaryKey: created.secondaryKey });
    expect(listed.map((item) => item.name)).toContain("s1");
  });
});

describe("settings through the official SDK", () => {
  it("gives the service, the keys of the direct door and the delegation key", async () => {
    const found = await client.apiManagementService.get(group, service);
    const access = await client.tenantAccess.listSecrets(group, service, "access");
    const delegation = await client.delegationSettings.listSecrets(group, service);

    expect(found.sku).toEqual({ name: "Developer", capacity: 1 });
    expect([access.id, access.primaryKey]).toEqual(["integration", simulator.primaryKey]);
    expect(delegation.validationKey).toBe(simulator.validationKeys.primary);
  });
});
