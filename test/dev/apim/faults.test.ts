import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createFaults } from "../../../dev/apim/faults.ts";
import { armDoor, flatDoor, jwt } from "./apim-test-kit.ts";

let simulator: ApimSimulator;

beforeEach(async () => {
  simulator = await createApimSimulator();
});

afterEach(() => simulator.close());

function control(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${simulator.address}/_sim/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function users(): Promise<Response> {
  return fetch(`${simulator.address}${simulator.resourceId}/users?api-version=2024-05-01`, {
    headers: { Authorization: `Bearer ${jwt()}` },
  });
}

describe("scripted faults", () => {
  it("fire after so many matches, so many times, by method, kind and door", async () => {
    const posted = await control("POST", "faults", [
      {
        match: { method: "GET", kind: "users", door: "arm" },
        after: 1,
        times: 2,
        fault: { status: 409, code: "PessimisticConcurrencyConflict" },
      },
    ]);
    const ask = armDoor(simulator);
    const statuses: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await ask("GET", "/users")).status);

    expect(posted.status).toBe(204);
    expect(statuses).toEqual([200, 409, 409, 200]);
    expect((await ask("GET", "/groups")).status).toBe(200);
    expect((await flatDoor(simulator)("GET", "/users")).status).toBe(200);
  });

  it("bring their own code, message, body and headers", async () => {
    simulator.addFaults([
      { times: 1, fault: { status: 429, code: "Slow", message: "later", headers: { "Retry-After": "7" } } },
      { times: 1, fault: { status: 503, body: "down", contentType: "text/plain" } },
      { match: { pattern: "/users\\?" }, times: 1, fault: "html" },
    ]);
    const [first, second, third, fourth] = [await users(), await users(), await users(), await users()];

    expect([first.status, first.headers.get("retry-after"), await first.json()]).toEqual([
      429,
      "7",
      { error: { code: "Slow", message: "later", details: null } },
    ]);
    expect([second.status, second.headers.get("content-type"), await second.text()]).toEqual([
      503,
      "text/plain",
      "down",
    ]);
    expect([third.status, third.headers.get("content-type")]).toEqual([502, "text/html; charset=utf-8"]);
    expect(fourth.status).toBe(200);
    expect(simulator.requests().throttled).toBe(1);
  });

  it("can close the connection, and cut the body in half", async () => {
    simulator.addFaults([{ times: 1, fault: "close" }]);
    await expect(users()).rejects.toThrow();

    simulator.addFaults([{ times: 1, fault: "half-body" }]);
    const half = await users();
    expect(half.status).toBe(200);
    await expect(half.text()).rejects.toThrow();
  });

  it("can hang until the client gives up", async () => {
    simulator.addFaults([{ fault: "hang" }]);

    const request = fetch(`${simulator.address}/users?api-version=2017-03-01`, { signal: AbortSignal.timeout(50) });

    await expect(request).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it("can lose the answer of a write that was done", async () => {
    simulator.addFaults([{ match: { method: "PUT", path: "/groups/g1" }, times: 1, apply: true, fault: "close" }]);
    const ask = armDoor(simulator);
    const write = () => ask("PUT", "/groups/g1", { body: { properties: { displayName: "G" } } });

    await expect(write()).rejects.toThrow();
    expect((await write()).status).toBe(200);
  });

  it("stop when they are cleared", async () => {
    simulator.addFaults([{ fault: { status: 500 } }]);
    await control("DELETE", "faults");

    expect((await users()).status).toBe(200);
  });

  it("are refused when they are malformed, by name of the field", async () => {
    const reply = await control("POST", "faults", [{ match: { verb: "GET" }, fault: "explode" }]);

    expect(reply.status).toBe(400);
    expect(await reply.text()).toContain("verb");
    expect(() => createFaults().add([{ fault: { status: 1 } }])).toThrow();
  });
});

describe("the /_sim routes", () => {
  it("tell the state in plain words", async () => {
    simulator.edit.putGroup({ id: "g1" });
    simulator.edit.addMember("g1", "1");
    const state = (await (await control("GET", "state")).json()) as ReturnType<ApimSimulator["state"]>;

    expect(state.users.map((user) => user.id)).toEqual(["1"]);
    expect(state.members).toEqual({ developers: ["1"], administrators: ["1"], g1: ["1"] });
    expect(state.products.map((product) => product.id)).toEqual(["starter", "unlimited"]);
    expect(state.links.starter).toEqual(["administrators", "developers", "guests"]);
    expect(state.subscriptions.map((item) => [item.ownerId, item.scope])).toEqual([
      ["1", "/products/starter"],
      ["1", "/products/unlimited"],
      [undefined, "/"],
    ]);
  });

  it("count requests by method and kind, lists and single reads apart, and start anew", async () => {
    const ask = armDoor(simulator);
    await ask("GET", "/users");
    await ask("GET", "/users/1");
    await ask("HEAD", "/groups/developers/users/1");
    await ask("PUT", "/users/1", { body: {} });
    await ask("POST", "/subscriptions/master/listSecrets");
    const report = await (await control("GET", "requests")).json();
    await control("POST", "requests/reset");

    expect(report).toMatchObject({
      counts: {
        "GET users": 1,
        "GET users/{id}": 1,
        "HEAD groups/users/{id}": 1,
        "PUT users": 1,
        "POST subscriptions/listsecrets": 1,
      },
      total: 5,
      throttled: 0,
    });
    expect(simulator.requests().total).toBe(0);
  });

  it("go back to the seed", async () => {
    simulator.edit.putUser({ id: "u1" });
    simulator.addFaults([{ fault: { status: 500 } }]);
    await control("POST", "reset");

    expect((await users()).status).toBe(200);
    expect(simulator.state().users.map((user) => user.id)).toEqual(["1"]);
  });

  it("do not know other paths", async () => {
    expect((await control("GET", "nonsense")).status).toBe(404);
  });
});

describe("beforeRequest", () => {
  it("lets an edit fall between a read and the write that relies on it", async () => {
    simulator.edit.putUser({ id: "u1" });
    const ask = armDoor(simulator);
    const read = await ask("GET", "/users/u1");
    const stop = simulator.beforeRequest(({ method, kind }) => {
      if (method === "PATCH" && kind === "users") simulator.edit.putUser({ id: "u1", note: "changed meanwhile" });
    });

    const etag = read.headers.get("etag") ?? "";
    const refused = await ask("PATCH", "/users/u1", { ifMatch: etag, body: { properties: { state: "blocked" } } });
    stop();
    const again = await ask("GET", "/users/u1");
    const done = await ask("PATCH", "/users/u1", {
      ifMatch: again.headers.get("etag") ?? "",
      body: { properties: { state: "blocked" } },
    });

    expect([refused.status, done.status]).toEqual([412, 200]);
  });
});
