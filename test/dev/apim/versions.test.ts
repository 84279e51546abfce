// What differs between api-versions, one fact per row.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import type { Ask } from "./apim-test-kit.ts";
import { armDoor, flatDoor, shapedDoor } from "./apim-test-kit.ts";

let simulator: ApimSimulator;

beforeEach(async () => {
  simulator = await createApimSimulator({ now: () => Date.UTC(2024, 4, 1, 12, 0, 0, 500) });
  simulator.edit.putUser({ id: "u1" });
  simulator.edit.putUser({ id: "u2" });
  simulator.edit.putGroup({ id: "g1" });
  simulator.edit.addMember("g1", "u1");
});

afterEach(() => simulator.close());

function doorOf(version: string): Ask {
  return version < "2018"
    ? flatDoor(simulator, version)
    : version > "2022-08-01"
      ? armDoor(simulator, version)
      : shapedDoor(simulator, version);
}

function bodyOf(version: string, fields: Readonly<Record<string, unknown>>): unknown {
  return version < "2018" ? fields : { properties: fields };
}

describe("statuses by api-version", () => {
  it.each([
    ["2014-02-14", 204],
    ["2017-03-01", 204],
    ["2018-01-01", 204],
    ["2019-12-01", 204],
    ["2020-12-01", 200],
    ["2022-08-01", 200],
    ["2024-05-01", 200],
  ])("%s answers PATCH with %i", async (version, status) => {
    const reply = await doorOf(version)("PATCH", "/users/u1", {
      ifMatch: "*",
      body: bodyOf(version, { lastName: "New" }),
    });

    expect(reply.status).toBe(status);
    expect(reply.body === undefined).toBe(status === 204);
    expect(simulator.store.users.get("u1")?.lastName).toBe("New");
  });

  it.each([
    ["2014-02-14", 204, 204],
    ["2017-03-01", 204, 204],
    ["2018-01-01", 200, 204],
    ["2022-08-01", 200, 204],
    ["2024-05-01", 202, 204],
  ])("%s answers the delete of a user with %i, and of an absent one with %i", async (version, present, absent) => {
    const ask = doorOf(version);

    expect((await ask("DELETE", "/users/u1", { ifMatch: "*" })).status).toBe(present);
    expect((await ask("DELETE", "/users/u1", { ifMatch: "*" })).status).toBe(absent);
    expect(simulator.store.users.has("u1")).toBe(false);
  });

  it.each([
    ["2014-02-14", 204, 201, 204, 200],
    ["2017-03-01", 200, 201, 204, 204],
    ["2021-08-01", 200, 201, 200, 204],
    ["2024-05-01", 200, 201, 200, 204],
  ])("%s: member again %i, new %i, removed %i, HEAD %i", async (version, again, fresh, removed, head) => {
    const ask = doorOf(version);

    const statuses = [
      await ask("PUT", "/groups/g1/users/u1"),
      await ask("PUT", "/groups/g1/users/u2"),
      await ask("HEAD", "/groups/g1/users/u2"),
      await ask("DELETE", "/groups/g1/users/u2"),
      await ask("DELETE", "/groups/g1/users/u2"),
      await ask("HEAD", "/groups/g1/users/u2"),
    ].map((reply) => reply.status);

    expect(statuses).toEqual([again, fresh, head, removed, 204, 404]);
  });

  it("only 2014 refuses PUT on what exists, and answers a create without the entity", async () => {
    const user = { firstName: "A", lastName: "B", email: "a@b.c" };
    const [oldNew, oldAgain] = [
      await flatDoor(simulator, "2014-02-14")("PUT", "/users/u3", { body: user }),
      await flatDoor(simulator, "2014-02-14")("PUT", "/users/u3", { body: user }),
    ];
    const newer = await flatDoor(simulator, "2017-03-01")("PUT", "/users/u3", { body: user });

    expect([oldNew.status, oldNew.body, oldAgain.status, newer.status]).toEqual([201, undefined, 409, 200]);
    expect(newer.body.groups).toHaveLength(1);
    expect(newer.body.groups[0]).toMatchObject({ id: "/groups/developers", name: "Developers", builtIn: true });
  });
});

describe("shapes by api-version", () => {
  it.each([
    ["2014-02-14", "2024-05-01T12:00:00.5", { nextLink: null }],
    ["2016-10-10", "2024-05-01T12:00:00.5Z", { nextLink: null }],
    ["2017-03-01", "2024-05-01T12:00:00.5Z", {}],
  ])("%s writes dates as %s and ends a list with %o", async (version, date, end) => {
    const reply = await flatDoor(simulator, version)("GET", "/users");
    const { value, count: _count, ...rest } = reply.body;

    expect(value[1].registrationDate).toBe(date);
    expect(rest).toEqual(end);
  });

  it.each([
    ["2017-03-01", true],
    ["2018-01-01", true],
    ["2019-01-01", true],
    ["2019-12-01", false],
    ["2024-05-01", false],
  ])("%s shows the keys of a subscription in GET: %s", async (version, shown) => {
    const { body } = await doorOf(version)("GET", "/subscriptions/master");

    expect("primaryKey" in (version < "2018" ? body : body.properties)).toBe(shown);
  });

  it.each([
    ["2016-10-10", false],
    ["2017-03-01", false],
    ["2018-01-01", false],
    ["2019-01-01", true],
    ["2024-05-01", true],
  ])("%s expands groups: %s", async (version, expands) => {
    const users = await doorOf(version)("GET", "/users?expandGroups=true");
    const products = await doorOf(version)("GET", "/products?expandGroups=true");

    for (const item of [users.body.value[1], products.body.value[0]])
      expect("groups" in (item.properties ?? item)).toBe(expands);
  });

  it("is flat in ARM too before 2017, with whole ids", async () => {
    const reply = await armDoor(simulator, "2016-10-10")("GET", "/groups/g1");

    expect(reply.body).toMatchObject({ id: `${simulator.resourceId}/groups/g1`, name: "g1", type: "custom" });
  });

  it.each([
    ["2018-01-01", "a@b.c", 400],
    ["2018-01-01", "x".repeat(81), 400],
    ["2019-01-01", "a@b.c", 201],
    ["2017-03-01", "a?b", 400],
    ["2017-03-01", "x".repeat(256), 201],
  ])("%s takes the user id %s with %i", async (version, id, status) => {
    const body = bodyOf(version, { firstName: "A", lastName: "B", email: "a@b.c" });

    expect((await doorOf(version)("PUT", `/users/${encodeURIComponent(id)}`, { body })).status).toBe(status);
  });

  it.each([
    ["2021-08-01", 12],
    ["2022-08-01", 14],
  ])("%s gives tokens with %i digits, for 30 days at most", async (version, digits) => {
    const ask = doorOf(version);
    const token = (expiry: string) =>
      ask("POST", "/users/u1/token", { body: { properties: { keyType: "secondary", expiry } } });

    const given = await token("2024-05-31T12:00:00Z");
    expect(given.body.value.split("&")[1]).toBe("20240531120000".slice(0, digits));
    expect((await token("2024-06-01T12:00:00Z")).status).toBe(400);
  });

  it("serves nothing below the service's own least version", async () => {
    const strict = await createApimSimulator({ minApiVersion: "2021-08-01" });
    const reply = await armDoor(strict, "2020-12-01")("GET", "/users");
    await strict.close();

    expect(reply.body.error.code).toBe("MissingOrIncorrectVersionParameter");
    expect(reply.body.error.message).not.toContain("2020-12-01");
  });
});
