import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { shortToken } from "../../../dev/apim/sas-token.ts";
import { armDoor, asker, flatDoor, jwt, placeholderPath, sasToken, shapedDoor } from "./apim-test-kit.ts";

let simulator: ApimSimulator;

beforeEach(async () => {
  simulator = await createApimSimulator();
});

afterEach(() => simulator.close());

describe("the credential of the direct door", () => {
  it("takes the long form, the short form and the portal's spelling, with either key", async () => {
    const ask = flatDoor(simulator);
    const short = shortToken("integration", Date.UTC(2100, 0, 1), simulator.secondaryKey, 12);
    const statuses = [
      await ask("GET", "/users"),
      await ask("GET", "/users", {
        authorization: `SharedAccessSignature ${sasToken(simulator, undefined, simulator.secondaryKey)}`,
      }),
      await ask("GET", "/users", { authorization: `SharedAccessSignature ${short}` }),
      await ask("GET", "/users", { authorization: `SharedAccessSignature token="${short}",refresh="true"` }),
    ].map((reply) => reply.status);

    expect(statuses).toEqual([200, 200, 200, 200]);
  });

  it("refuses an expired, a forged and a missing token with 401", async () => {
    const ask = flatDoor(simulator);
    const replies = [
      await ask("GET", "/users", {
        authorization: `SharedAccessSignature ${sasToken(simulator, "2020-01-01T00:00:00.0000000Z")}`,
      }),
      await ask("GET", "/users", {
        authorization: `SharedAccessSignature ${sasToken(simulator, undefined, "forged")}`,
      }),
      await ask("GET", "/users", { authorization: "" }),
    ];

    expect(replies.map((reply) => [reply.status, reply.body.error.code])).toEqual(Array(3).fill([401, "Unauthorized"]));
  });

  it("stops taking a key once it is regenerated, and closes when it is disabled", async () => {
    const old = `SharedAccessSignature ${sasToken(simulator)}`;
    const arm = armDoor(simulator);

    const regenerated = await arm("POST", "/tenant/access/regeneratePrimaryKey");
    const withOld = await flatDoor(simulator)("GET", "/users", { authorization: old });
    const withNew = await flatDoor(simulator)("GET", "/users");
    await arm("PATCH", "/tenant/access", { ifMatch: "*", body: { properties: { enabled: false } } });
    const closed = await flatDoor(simulator)("GET", "/users");

    expect([regenerated.status, withOld.status, withNew.status, closed.status]).toEqual([204, 401, 200, 403]);
  });
});

describe("the ARM door's credential", () => {
  it("is asked for on an ARM path without any, in Resource Manager's form", async () => {
    const reply = await armDoor(simulator)("GET", "/users", { authorization: "" });

    expect([reply.status, reply.body.error.code]).toEqual([401, "AuthenticationFailed"]);
    expect(reply.headers.get("www-authenticate")).toMatch(/^Bearer /);
  });

  it("knows one service only, whatever the case of its path", async () => {
    const at = (base: string) => asker(simulator, base, "2024-05-01", () => `Bearer ${jwt()}`)("GET", "/users");

    expect((await at(simulator.resourceId)).status).toBe(200);
    expect((await at(simulator.resourceId.toUpperCase())).status).toBe(200);
    expect((await at(placeholderPath)).status).toBe(404);
  });
});

describe("the paths of the direct door", () => {
  it("is flat up to 2017 and has the ARM envelope on placeholder paths after it", async () => {
    const flat = await flatDoor(simulator)("GET", "/users/1");
    const shaped = await shapedDoor(simulator)("GET", "/users/1");
    const early = await flatDoor(simulator, "2018-01-01")("GET", "/users/1");

    expect(flat.body).toEqual({
      id: "/users/1",
      firstName: "Administrator",
      lastName: "",
      email: "admin@contoso.com",
      state: "active",
      registrationDate: "2022-11-14T09:12:44.53Z",
      note: null,
      identities: [{ provider: "Azure", id: "admin@contoso.com" }],
    });
    const { id: _id, ...properties } = flat.body;
    expect(shaped.body).toEqual({
      id: `${placeholderPath}/users/1`,
      type: "Microsoft.ApiManagement/service/users",
      name: "1",
      properties,
    });
    expect(early.body).toMatchObject({ id: "/users/1", name: "1", properties: { email: "admin@contoso.com" } });
  });

  it("has one store with the ARM door", async () => {
    await flatDoor(simulator)("PUT", "/users/u1", { body: { firstName: "A", lastName: "B", email: "a@b.c" } });

    expect((await armDoor(simulator)("GET", "/users/u1")).body.properties.email).toBe("a@b.c");
  });

  it("refuses a missing, an unknown and a too new api-version by naming those that it takes", async () => {
    const replies = [
      await flatDoor(simulator, "")("GET", "/users"),
      await flatDoor(simulator, "2021-08-01")("GET", "/users"),
      await shapedDoor(simulator, "2024-05-01")("GET", "/users"),
      await armDoor(simulator, "2020-02-30")("GET", "/users"),
    ];

    for (const reply of replies) {
      expect([reply.status, reply.body.error.code]).toEqual([400, "MissingOrIncorrectVersionParameter"]);
    }
    expect(replies[2]?.body.error.message).toContain("2021-08-01,");
    const missing = await asker(simulator, simulator.resourceId, undefined, () => `Bearer ${jwt()}`)("GET", "/users");
    expect([missing.status, missing.body.error.code]).toEqual([400, "MissingApiVersionParameter"]);
  });

  it("percent-decodes ids and gives them back as they are", async () => {
    const reply = await shapedDoor(simulator)("PUT", `/users/${encodeURIComponent("zoë@b c/d")}`, {
      body: { properties: { firstName: "A", lastName: "B", email: "a@b.c" } },
    });

    expect([reply.status, reply.body.name]).toEqual([201, "zoë@b c/d"]);
    expect(simulator.store.users.has("zoë@b c/d")).toBe(true);
  });
});
