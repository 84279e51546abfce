// What the client sends when it writes, and what it makes of the answers.
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Transport } from "../../shared/http/transport.ts";
import { unlimitedRates } from "../../shared/http/with-throttle.ts";
import type { Apim } from "../../shared/ports.ts";
import type { Reply, SeenRequest } from "../http/scripted-server.ts";
import { resourceId, type ScriptedService, type ServiceOptions, startScriptedService } from "./scripted-service.ts";

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
const placeholders = "/subscriptions/sid/resourceGroups/rgid/providers/Microsoft.ApiManagement/service/sid";
const newUser = { firstName: "F", lastName: "L", email: "u1@example.com", note: "rollcall/1" };

function seen({ method, url, headers, body }: SeenRequest) {
  const etag = headers["if-match"];
  return [`${method} ${url}`, ...(etag === undefined ? [] : [etag]), ...(body === "" ? [] : [JSON.parse(body)])];
}

describe("a write in the envelope", () => {
  it.each<[string, (apim: Apim) => Promise<unknown>, unknown[]]>([
    [
      "putUser, without mail",
      (apim) => apim.putUser("u1", newUser, signal),
      ["PUT /users/u1?notify=false&api-version=2024-05-01", { properties: { ...newUser, state: "active" } }],
    ],
    [
      "patchUser",
      (apim) => apim.patchUser("u1", { state: "blocked", note: "n" }, '"A="', signal),
      ["PATCH /users/u1?api-version=2024-05-01", '"A="', { properties: { state: "blocked", note: "n" } }],
    ],
    [
      "deleteUser, with subscriptions and without mail",
      (apim) => apim.deleteUser("u1", '"A="', signal),
      ["DELETE /users/u1?deleteSubscriptions=true&notify=false&api-version=2024-05-01", '"A="'],
    ],
    [
      "putGroup",
      (apim) => apim.putGroup("g1", { displayName: "G", description: "d" }, signal),
      ["PUT /groups/g1?api-version=2024-05-01", { properties: { displayName: "G", description: "d" } }],
    ],
    [
      "patchGroup",
      (apim) => apim.patchGroup("g1", { description: "d" }, '"A="', signal),
      ["PATCH /groups/g1?api-version=2024-05-01", '"A="', { properties: { description: "d" } }],
    ],
    [
      "deleteGroup",
      (apim) => apim.deleteGroup("g1", '"A="', signal),
      ["DELETE /groups/g1?api-version=2024-05-01", '"A="'],
    ],
    ["addMember", (apim) => apim.addMember("g1", "u1", signal), ["PUT /groups/g1/users/u1?api-version=2024-05-01"]],
    [
      "removeMember",
      (apim) => apim.removeMember("g1", "u1", signal),
      ["DELETE /groups/g1/users/u1?api-version=2024-05-01"],
    ],
    [
      "addProductGroup",
      (apim) => apim.addProductGroup("p1", "g1", signal),
      ["PUT /products/p1/groups/g1?api-version=2024-05-01"],
    ],
    [
      "removeProductGroup",
      (apim) => apim.removeProductGroup("p1", "g1", signal),
      ["DELETE /products/p1/groups/g1?api-version=2024-05-01"],
    ],
    [
      "patchSubscription, without mail",
      (apim) => apim.patchSubscription("s1", { state: "suspended", stateComment: "c", ownerId: "u2" }, '"A="', signal),
      [
        "PATCH /subscriptions/s1?notify=false&api-version=2024-05-01",
        '"A="',
        { properties: { state: "suspended", stateComment: "c", ownerId: "/users/u2" } },
      ],
    ],
    [
      "patchSubscription, with mail and an end",
      (apim) => apim.patchSubscription("s1", { state: "active", expiresAt: 0, notify: true }, '"A="', signal),
      [
        "PATCH /subscriptions/s1?notify=true&api-version=2024-05-01",
        '"A="',
        { properties: { state: "active", expirationDate: "1970-01-01T00:00:00.000Z" } },
      ],
    ],
    [
      "putSubscription, without mail",
      (apim) =>
        apim.putSubscription("s1", { productId: "p1", ownerId: "u1", displayName: "d", state: "submitted" }, signal),
      [
        "PUT /subscriptions/s1?notify=false&api-version=2024-05-01",
        { properties: { ownerId: "/users/u1", scope: "/products/p1", displayName: "d", state: "submitted" } },
      ],
    ],
  ])("%s", async (_, work, expected) => {
    const { apim, server } = await serving(() => ({ status: 200 }));

    await work(apim);

    const [line, ...rest] = expected;
    expect(server.requests.map(seen)).toEqual([[String(line).replace(" /", ` ${resourceId}/`), ...rest]]);
  });

  it("goes to placeholder segments at the direct door", async () => {
    const { apim, server } = await serving(() => ({ status: 200 }), { door: "direct", apiVersion: "2021-08-01" });

    await apim.addMember("g1", "u1", signal);

    expect(server.requests.map(({ url }) => url)).toEqual([
      `${placeholders}/groups/g1/users/u1?api-version=2021-08-01`,
    ]);
  });
});

describe("a write in the flat dialect", () => {
  it.each<[string, (apim: Apim) => Promise<unknown>, unknown[]]>([
    [
      "putUser",
      (apim) => apim.putUser("u1", newUser, signal),
      ["PUT /users/u1?notify=false&api-version=2017-03-01", { ...newUser, state: "active" }],
    ],
    [
      "putGroup",
      (apim) => apim.putGroup("g1", { displayName: "G", description: "d" }, signal),
      ["PUT /groups/g1?api-version=2017-03-01", { name: "G", description: "d" }],
    ],
    [
      "patchSubscription",
      (apim) => apim.patchSubscription("s1", { ownerId: "u2" }, '"A="', signal),
      ["PATCH /subscriptions/s1?notify=false&api-version=2017-03-01", '"A="', { userId: "/users/u2" }],
    ],
  ])("%s", async (_, work, expected) => {
    const { apim, server } = await serving((request) => ({ status: request.method === "PATCH" ? 204 : 201 }), flat);

    await work(apim);

    expect(server.requests.map(seen)).toEqual([expected]);
  });
});

describe("the answer to a write", () => {
  it.each([
    [201, "created"],
    [200, "updated"],
  ])("%i to a PUT is %s", async (status, expected) => {
    const { apim } = await serving(() => ({ status }));

    expect(await apim.putUser("u1", newUser, signal)).toBe(expected);
    expect(await apim.putGroup("g1", { displayName: "G", description: "" }, signal)).toBe(expected);
  });

  it.each([
    [201, "added"],
    [200, "present"],
    [204, "present"],
  ])("%i to a membership or link is %s", async (status, expected) => {
    const { apim } = await serving(() => ({ status }));

    expect(await apim.addMember("g1", "u1", signal)).toBe(expected);
    expect(await apim.addProductGroup("p1", "g1", signal)).toBe(expected);
  });

  it.each<[number, string, ServiceOptions]>([
    [200, "removed", {}],
    [204, "absent", {}],
    [404, "absent", {}],
    [204, "removed", flat],
  ])("%i to a removal is %s", async (status, expected, options) => {
    const { apim } = await serving(() => ({ status }), options);

    expect(await apim.removeMember("g1", "u1", signal)).toBe(expected);
    expect(await apim.removeProductGroup("p1", "g1", signal)).toBe(expected);
  });

  it.each([
    [503, "added", "removed"],
    [429, "present", "absent"],
  ])("that comes after a %i is %s and %s: an earlier attempt may have done it, or not", async (first, put, removal) => {
    const { apim } = await serving(({ method }, index) => {
      if (index % 2 === 0) return { status: first, headers: { "retry-after": "1" } };
      return { status: method === "PUT" ? 200 : 204 };
    });

    expect(await apim.addMember("g1", "u1", signal)).toBe(put);
    expect(await apim.removeMember("g1", "u1", signal)).toBe(removal);
  });

  it.each([200, 204, 404])("%i to a delete is its end", async (status) => {
    const { apim, clock } = await serving(() => ({ status }));

    await apim.deleteUser("u1", '"A="', signal);
    await apim.deleteGroup("g1", '"A="', signal);

    expect(clock.waits).toEqual([]);
  });
});

describe("a delete that goes on for a while", () => {
  function deleting(accepted: (address: string) => Record<string, string>, polls: readonly Reply[]) {
    return serving((_, index, address) => {
      if (index === 0) return { status: 202, headers: accepted(address) };
      return polls[index - 1] ?? { status: 500 };
    });
  }

  it("is followed to its end at its Location, with the waits of the service", async () => {
    const { apim, clock, server } = await deleting(
      (address) => ({ location: `${address}/ops/1?asyncId=5&asyncCode=204`, "retry-after": "2" }),
      [{ status: 202, headers: { "retry-after": "7" } }, { status: 202 }, { status: 204 }],
    );

    await apim.deleteUser("u1", '"A="', signal);

    expect(clock.waits).toEqual([2000, 7000, 1000]);
    expect(server.requests.slice(1).map(({ url }) => url)).toEqual(
      Array.from({ length: 3 }, () => "/ops/1?asyncId=5&asyncCode=204&api-version=2024-05-01"),
    );
  });

  it("is followed at its Azure-AsyncOperation where there is no Location", async () => {
    const { apim, server } = await deleting(
      (address) => ({ "azure-asyncoperation": `${address}/ops/1` }),
      [
        { status: 202 },
        { status: 200, body: { status: "InProgress" } },
        { status: 200, body: { status: "Succeeded" } },
      ],
    );

    await apim.deleteUser("u1", '"A="', signal);

    expect(server.requests).toHaveLength(4);
  });

  it("fails with the operation", async () => {
    const { apim } = await deleting(
      (address) => ({ "azure-asyncoperation": `${address}/ops/1` }),
      [{ status: 200, body: { status: "Failed", error: { message: "ann@example.com" } } }],
    );

    await expect(apim.deleteUser("u1", '"A="', signal)).rejects.toMatchObject({
      code: "APIM_CONFLICT",
      message: 'Cannot delete user "u1": the operation ended with "Failed", expected "Succeeded"',
    });
  });

  it("is not waited for longer than 15 minutes", async () => {
    const { apim } = await serving((_, __, address) => ({
      status: 202,
      headers: { location: `${address}/ops/1`, "retry-after": "240" },
    }));

    await expect(apim.deleteUser("u1", '"A="', signal)).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("needs an address", async () => {
    const { apim } = await deleting(() => ({}), []);

    await expect(apim.deleteUser("u1", '"A="', signal)).rejects.toMatchObject({ code: "APIM_UNEXPECTED" });
  });
});

describe("writes that touch one user", () => {
  // A bucket sends its first request alone, which would keep writes apart as well.
  const freely = { rates: unlimitedRates };

  /** How many requests for one user were under way at once at most, and for all users together. */
  async function overlap(work: (apim: Apim) => Promise<unknown>) {
    let underWay = 0;
    let most = 0;
    const subscription = { name: "s1", properties: { scope: "/apis", state: "active", ownerId: "/users/u1" } };
    // Within a turn of the event loop everything is sent that waits for no answer.
    const transport: Transport = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await nextTurn();
      underWay -= 1;
      return { status: 200, headers: new Map([["etag", '"A="']]), body: JSON.stringify(subscription) };
    };
    const { apim } = await serving(() => ({ status: 500 }), { ...freely, transport });
    await work(apim);
    return most;
  }

  it("go one after the other", async () => {
    const most = await overlap((apim) =>
      Promise.all([
        apim.patchUser("u1", { state: "blocked" }, '"A="', signal),
        apim.addMember("g1", "u1", signal),
        apim.removeMember("g2", "U1", signal),
        apim.patchSubscription("s1", { ownerId: "u1" }, '"A="', signal),
        apim.deleteUser("u1", '"A="', signal),
      ]),
    );

    expect(most).toBe(1);
  });

  it("wait for each other also through the subscription that was read", async () => {
    const most = await overlap(async (apim) => {
      await apim.getSubscription("s1", signal);
      await Promise.all([
        apim.patchSubscription("s1", { state: "suspended" }, '"A="', signal),
        apim.patchUser("u1", { state: "blocked" }, '"A="', signal),
      ]);
    });

    expect(most).toBe(1);
  });

  it("leave other users alone", async () => {
    // Nothing is answered before all three are there: writes that waited for each other would never end.
    const arrived: (() => void)[] = [];
    const { apim } = await serving(
      () => (response) => {
        arrived.push(() => response.writeHead(200, { etag: '"A="' }).end("{}"));
        if (arrived.length === 3) for (const answer of arrived) answer();
      },
      freely,
    );

    await Promise.all(["u1", "u2", "u3"].map((id) => apim.addMember("g1", id, signal)));

    expect(arrived).toHaveLength(3);
  });
});
