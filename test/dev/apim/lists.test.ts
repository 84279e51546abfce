import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { armDoor, flatDoor, jwt } from "./apim-test-kit.ts";

let simulator: ApimSimulator;

beforeEach(async () => {
  simulator = await createApimSimulator({ pageSize: 2 });
  for (const id of ["a", "b", "c"]) simulator.edit.putUser({ id, state: id === "b" ? "blocked" : "active" });
});

afterEach(() => simulator.close());

describe("paging", () => {
  it("links absolutely, with port and encoded $skip last, keeps the query, and leaves the link out on the last page", async () => {
    const first = await armDoor(simulator)("GET", "/users?$top=3&expandGroups=true");
    const followed = await fetch(first.body.nextLink, { headers: { Authorization: `Bearer ${jwt()}` } });
    const last = (await followed.json()) as { readonly value: readonly { readonly name: string }[] };

    expect(first.body.count).toBe(4);
    expect(first.body.value).toHaveLength(3);
    expect(first.body.nextLink).toBe(
      `${simulator.address}${simulator.resourceId}/users?%24top=3&expandGroups=true&api-version=2024-05-01&%24skip=3`,
    );
    expect(last).not.toHaveProperty("nextLink");
    expect(last.value.map((user) => user.name)).toEqual(["c"]);
  });

  it("has no link behind a last page that is exactly full", async () => {
    const reply = await armDoor(simulator)("GET", "/users?$top=2&$skip=2");

    expect(reply.body.value).toHaveLength(2);
    expect(reply.body).not.toHaveProperty("nextLink");
  });

  it("cuts at the page size without $top, and shifts when somebody deletes between two pages", async () => {
    const ask = armDoor(simulator);
    const names = (reply: Awaited<ReturnType<typeof ask>>) =>
      reply.body.value.map((user: { name: string }) => user.name);

    const first = await ask("GET", "/users");
    simulator.edit.deleteUser("a");
    const second = await ask("GET", "/users?$skip=2");

    expect(names(first)).toEqual(["1", "a"]);
    expect(names(second)).toEqual(["c"]);
  });

  it.each(["$top=0", "$top=x", "$skip=-1", "$filter=password eq 'x'", "$filter=state ne 'active'"])(
    "refuses %s",
    async (query) => {
      const reply = await armDoor(simulator)("GET", `/users?${query}`);

      expect(reply.status).toBe(400);
      expect(reply.body.error.details[0].target).toBe(query.split("=")[0]);
    },
  );
});

describe("filters of the lists", () => {
  it.each([
    ["/users", "state eq 'blocked'", ["b"]],
    ["/users", "email eq 'A@example.com'", ["a"]],
    ["/users", "registrationDate lt datetime'2023-01-01T00:00:00'", ["1"]],
    ["/groups", "displayName eq 'Guests'", ["guests"]],
    ["/groups/developers/users", "startswith(firstName,'Admin')", ["1"]],
    ["/users/1/groups", "contains(description,'signed-in')", ["developers"]],
    ["/products", "name eq 'Starter'", ["starter"]],
    ["/products/starter/groups", "name gt 'developers'", ["guests"]],
    ["/subscriptions", "name eq 'master'", ["master"]],
  ])("%s takes %s", async (path, filter, names) => {
    const reply = await armDoor(simulator)("GET", `${path}?$filter=${encodeURIComponent(filter)}`);

    expect(reply.body.value.map((item: { name: string }) => item.name)).toEqual(names);
    expect(reply.body.count).toBe(names.length);
  });

  it("finds subscriptions by owner and scope, relative or whole", async () => {
    const ask = armDoor(simulator);
    const count = async (filter: string) =>
      (await ask("GET", `/subscriptions?$filter=${encodeURIComponent(filter)}`)).body.count;

    expect(await count("ownerId eq '/users/1'")).toBe(2);
    expect(await count(`scope eq '${simulator.resourceId}/products/starter'`)).toBe(1);
    expect(await count("productId eq 'starter' and userId eq '1'")).toBe(1);
  });

  it.each([
    ["/groups/developers/users", "state eq 'active'"],
    ["/users/1/subscriptions", "state eq 'active'"],
    ["/products/starter/groups", "startswith(name,'g')"],
    ["/products/starter/groups", "displayName gt 'g'"],
    ["/groups", "externalId ne 'x'"],
  ])("%s refuses %s", async (path, filter) => {
    const reply = await armDoor(simulator)("GET", `${path}?$filter=${encodeURIComponent(filter)}`);

    expect(reply.status).toBe(400);
  });

  it("has the old field names in the flat dialect", async () => {
    const ask = flatDoor(simulator, "2014-02-14");
    const ids = async (path: string) => (await ask("GET", path)).body.value.map((item: { id: string }) => item.id);

    expect(await ids("/users?$filter=state ne 'active'")).toEqual(["/users/b"]);
    expect(await ids("/groups?$filter=type eq 'system' and name eq 'guests'")).toEqual(["/groups/guests"]);
    expect((await ids("/subscriptions?$filter=productId eq '/products/starter'")).length).toBe(1);
  });
});
