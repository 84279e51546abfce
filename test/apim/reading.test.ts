// Lists and single entities as the client gives them, for each way in which services and versions write them.
import { afterEach, describe, expect, it } from "vitest";
import type { Reply } from "../http/scripted-server.ts";
import {
  page,
  resourceId,
  type ScriptedService,
  type ServiceOptions,
  startScriptedService,
  userBody,
} from "./scripted-service.ts";

const { signal } = new AbortController();
let service: ScriptedService | undefined;

afterEach(async () => {
  await service?.close();
});

async function serving(script: Parameters<typeof startScriptedService>[0], options: ServiceOptions = {}) {
  service = await startScriptedService(script, options);
  return service;
}

const flat: ServiceOptions = { door: "direct", apiVersion: "2017-03-01" };

function group(id: string, builtIn = false) {
  return {
    id: `${resourceId}/groups/${id}`,
    name: id,
    properties: { displayName: id, builtIn, type: builtIn ? "system" : "custom" },
  };
}

describe("paging", () => {
  /** Users `u0` to `u4` in pages of two; `link` writes the next link. */
  function paged(link: (skip: number, address: string) => string) {
    const all = Array.from({ length: 5 }, (_, index) => userBody(`u${index}`));
    return (request: { query: URLSearchParams }, _: number, address: string): Reply => {
      const skip = Number(request.query.get("$skip") ?? 0);
      const value = all.slice(skip, skip + 2);
      return page(value, { count: 5, ...(skip + 2 < 5 ? { nextLink: link(skip + 2, address) } : {}) });
    };
  }

  it("follows the links and keeps the parameters that they lose", async () => {
    const { apim, server } = await serving(paged((skip, address) => `${address}${resourceId}/users?%24skip=${skip}`));

    const users = await apim.listUsers(signal);

    expect(users.map(({ id }) => id)).toEqual(["u0", "u1", "u2", "u3", "u4"]);
    expect(
      server.requests.map(({ query }) => [query.get("api-version"), query.get("expandGroups"), query.get("$skip")]),
    ).toEqual([
      ["2024-05-01", "true", null],
      ["2024-05-01", "true", "2"],
      ["2024-05-01", "true", "4"],
    ]);
  });

  it("takes a link without origin for one of its own", async () => {
    const { apim } = await serving(paged((skip) => `${resourceId}/users?$skip=${skip}`));

    expect(await apim.listUsers(signal)).toHaveLength(5);
  });

  it("asks for pages of the size that is set", async () => {
    const { apim, server } = await serving(() => page([]), { pageSize: 500 });

    await apim.listGroups(signal);

    expect(server.requests.map(({ query }) => query.get("$top"))).toEqual(["500"]);
  });

  it.each([
    ["absent", {}],
    ["null", { nextLink: null }],
    ["empty", { nextLink: "" }],
  ])("ends at a next link that is %s", async (_, more) => {
    const { apim, server } = await serving(() => page([userBody("u1")], more));

    expect(await apim.listUsers(signal)).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it("reads a service that gives no total", async () => {
    const { apim } = await serving(() => ({ status: 200, body: { value: [userBody("u1")] } }));

    expect(await apim.listUsers(signal)).toHaveLength(1);
  });

  it.each([
    ["an id comes twice", [["u1", "u2"], ["u2"]], [2, 2]],
    ["the total changes between pages", [["u1", "u2"], ["u3"]], [3, 4]],
    ["rows are missing", [["u1", "u2"], ["u3"]], [4, 4]],
  ])("reads again from the start when %s", async (_, moved, counts) => {
    const { apim, server } = await serving((__, index, address) => {
      if (index > 1) return page([userBody("u1")]);
      const nextLink = index === 0 ? { nextLink: `${address}${resourceId}/users?$skip=2` } : {};
      return page(
        (moved[index] ?? []).map((id) => userBody(id)),
        { count: counts[index] ?? 0, ...nextLink },
      );
    });

    expect((await apim.listUsers(signal)).map(({ id }) => id)).toEqual(["u1"]);
    expect(server.requests).toHaveLength(3);
  });

  it("gives up when the list moves under three readings", async () => {
    const { apim, server } = await serving(() => page([userBody("u1")], { count: 2 }));

    await expect(apim.listUsers(signal)).rejects.toMatchObject({ code: "APIM_UNEXPECTED" });
    expect(server.requests).toHaveLength(3);
  });

  it("takes what one reading finds where a part of a moving list is enough", async () => {
    const submitted = (id: string) => ({
      id: `${resourceId}/subscriptions/${id}`,
      name: id,
      properties: { displayName: id, scope: `${resourceId}/products/p1`, state: "submitted" },
    });
    const { apim, server } = await serving((_, index, address) =>
      page([submitted("s1"), submitted(`s${index + 2}`)], {
        count: 9 - index,
        ...(index < 2 ? { nextLink: `${address}${resourceId}/subscriptions?$skip=${index + 1}` } : {}),
      }),
    );

    const found = await apim.listSubscriptions({ state: "submitted", partial: "allowed" }, signal);

    expect(found.map(({ id }) => id)).toEqual(["s1", "s2", "s3", "s4"]);
    expect(server.requests.map(({ query }) => query.get("$filter"))).toEqual(Array(3).fill("state eq 'submitted'"));
  });

  it("does not go round in circles", async () => {
    const { apim, server } = await serving((_, index, address) =>
      page([userBody(`u${index}`)], { count: 9, nextLink: `${address}/users` }),
    );

    await expect(apim.listUsers(signal)).rejects.toMatchObject({ code: "APIM_UNEXPECTED" });
    expect(server.requests).toHaveLength(2);
  });
});

describe("listUsers", () => {
  it("reads the envelope with flat groups inside", async () => {
    const { apim } = await serving(() => page([userBody("u1", ["developers", "payments"])]));

    expect(await apim.listUsers(signal)).toEqual([
      {
        id: "u1",
        firstName: "F",
        lastName: "L",
        email: "u1@example.com",
        state: "active",
        note: "",
        identities: [{ provider: "Basic", id: "u1@example.com" }],
        groups: ["developers", "payments"],
      },
    ]);
  });

  it("reads groups that stand in envelopes as the specification has them", async () => {
    const body = userBody("u1", []);
    const expanded = { ...body, properties: { ...body.properties, groups: [group("payments")] } };
    const { apim } = await serving(() => page([expanded]));

    expect(await apim.listUsers(signal)).toMatchObject([{ groups: ["payments"] }]);
  });

  it("reads the flat dialect and the members group by group, built-in ones left out", async () => {
    const { apim, server } = await serving((request) => {
      if (request.path === "/users") {
        return page([
          {
            id: "/users/u1",
            firstName: "F",
            lastName: "L",
            email: "u1@example.com",
            state: "blocked",
            note: "n",
            identities: null,
          },
          { id: "/users/u2", firstName: "F", lastName: "", email: "u2@example.com", state: "active" },
        ]);
      }
      if (request.path === "/groups") {
        return page([
          { id: "/groups/developers", name: "Developers", builtIn: true, type: "system" },
          { id: "/groups/payments", name: "Payments team", builtIn: false, type: "custom" },
          { id: "/groups/risk", name: "Risk", builtIn: false, type: "custom" },
        ]);
      }
      return page(
        request.path === "/groups/payments/users"
          ? [{ id: "/users/u1" }, { id: "/users/gone" }]
          : [{ id: "/users/u1" }],
      );
    }, flat);

    const users = await apim.listUsers(signal);

    expect(users).toMatchObject([
      { id: "u1", state: "blocked", note: "n", identities: [], groups: ["payments", "risk"] },
      { id: "u2", lastName: "", groups: [] },
    ]);
    expect(server.requests.map(({ path }) => path).sort()).toEqual([
      "/groups",
      "/groups/payments/users",
      "/groups/risk/users",
      "/users",
    ]);
    expect(server.requests.every(({ query }) => query.get("api-version") === "2017-03-01")).toBe(true);
  });

  it("reads the members where a service ignores that groups are to be expanded", async () => {
    const { apim } = await serving((request) => {
      if (request.path.endsWith("/groups/payments/users")) return page([userBody("u1", "unexpanded")]);
      if (request.path.endsWith("/groups")) return page([group("developers", true), group("payments")]);
      return page([userBody("u1", "unexpanded")]);
    });

    expect(await apim.listUsers(signal)).toMatchObject([{ id: "u1", groups: ["payments"] }]);
  });
});

describe("listProducts", () => {
  const product = { displayName: "Payments", state: "published", approvalRequired: true };

  it("reads the groups with the products", async () => {
    const { apim, server } = await serving(() =>
      page([
        {
          id: "x",
          name: "payments",
          properties: { ...product, terms: "Be kind.", groups: [{ id: "/groups/g1", name: "G" }] },
        },
      ]),
    );

    expect(await apim.listProducts(signal)).toEqual([
      {
        id: "payments",
        displayName: "Payments",
        state: "published",
        approvalRequired: true,
        terms: "Be kind.",
        groups: ["g1"],
      },
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it("reads the groups product by product where the version does not expand", async () => {
    const { apim } = await serving((request) => {
      if (request.path === "/products/p1/groups") return page([{ id: "/groups/g1", name: "G" }]);
      if (request.path === "/products/p2/groups") return page([]);
      return page([
        { id: "/products/p1", name: "One", state: "published", approvalRequired: null },
        { id: "/products/p2", name: "Two", state: "notPublished" },
      ]);
    }, flat);

    expect(await apim.listProducts(signal)).toEqual([
      { id: "p1", displayName: "One", state: "published", approvalRequired: false, groups: ["g1"] },
      { id: "p2", displayName: "Two", state: "notPublished", approvalRequired: false, groups: [] },
    ]);
  });
});

describe("listSubscriptions", () => {
  const fields = { displayName: "n", state: "submitted", stateComment: null };

  it("reads owner and product out of the paths, and subscriptions without either", async () => {
    const { apim } = await serving(() =>
      page([
        {
          name: "s1",
          properties: { ...fields, ownerId: `${resourceId}/users/u1`, scope: `${resourceId}/products/p1` },
        },
        { name: "master", properties: { ...fields, displayName: null, state: "active", scope: `${resourceId}/` } },
        { name: "s2", properties: { ...fields, ownerId: `${resourceId}/users/u1`, scope: `${resourceId}/apis/a1` } },
      ]),
    );

    expect(await apim.listSubscriptions({}, signal)).toEqual([
      {
        id: "s1",
        displayName: "n",
        ownerId: "u1",
        scope: `${resourceId}/products/p1`,
        productId: "p1",
        state: "submitted",
        stateComment: "",
      },
      { id: "master", displayName: "", scope: `${resourceId}/`, state: "active", stateComment: "" },
      {
        id: "s2",
        displayName: "n",
        ownerId: "u1",
        scope: `${resourceId}/apis/a1`,
        state: "submitted",
        stateComment: "",
      },
    ]);
  });

  it("reads userId and productId of the flat dialect, for one user", async () => {
    const { apim, server } = await serving(
      () =>
        page([
          { id: "/subscriptions/s1", userId: "/users/u1", productId: "/products/p1", name: null, state: "active" },
        ]),
      flat,
    );

    expect(await apim.listSubscriptions({ ownerId: "u1" }, signal)).toEqual([
      {
        id: "s1",
        displayName: "",
        ownerId: "u1",
        scope: "/products/p1",
        productId: "p1",
        state: "active",
        stateComment: "",
      },
    ]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/users/u1/subscriptions"]);
  });
});

describe("one entity", () => {
  it("comes with its ETag", async () => {
    const { apim } = await serving((request) => {
      const headers = { etag: '"AAAA="' };
      if (request.path.endsWith("/groups/g1")) return { status: 200, headers, body: group("g1") };
      if (request.path.endsWith("/subscriptions/s1")) {
        return { status: 200, headers, body: { name: "s1", properties: { scope: "/apis", state: "active" } } };
      }
      return { status: 200, headers, body: userBody("u1") };
    });

    expect(await apim.getUser("u1", signal)).toMatchObject({ etag: '"AAAA="', value: { id: "u1", groups: [] } });
    expect(await apim.getGroup("g1", signal)).toMatchObject({ etag: '"AAAA="', value: { id: "g1", type: "custom" } });
    expect(await apim.getSubscription("s1", signal)).toMatchObject({ etag: '"AAAA="', value: { id: "s1" } });
  });

  it("is undefined for a 404", async () => {
    const { apim } = await serving(() => ({ status: 404, body: { error: { code: "ResourceNotFound" } } }));

    expect(await apim.getUser("u1", signal)).toBeUndefined();
    expect(await apim.getGroup("g1", signal)).toBeUndefined();
    expect(await apim.getSubscription("s1", signal)).toBeUndefined();
  });

  it.each(["", ".", ".."])("is never asked for by the id %j, which is another path", async (id) => {
    const { apim, server } = await serving(() => ({ status: 404, body: "" }));

    await expect(apim.getSubscription(id, signal)).rejects.toMatchObject({ code: "APIM_INVALID" });
    expect(server.requests).toHaveLength(0);
  });

  it("is asked for by its id, percent-encoded", async () => {
    const { apim, server } = await serving(() => ({ status: 404, body: "" }));

    await apim.getUser("../a b/♥@x?y#z", signal);

    expect(server.requests[0]?.path).toBe(`${resourceId}/users/..%2Fa%20b%2F%E2%99%A5%40x%3Fy%23z`);
  });
});
