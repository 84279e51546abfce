// Every way in which the service, the network or the credential can fail, seen through the client.
import { afterEach, describe, expect, it } from "vitest";
import { createSasCredential } from "../../shared/apim/credential.ts";
import { createSasToken } from "../../shared/apim/sas-token.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { Timer } from "../../shared/http/with-timeout.ts";
import type { Apim } from "../../shared/ports.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import type { Reply } from "../http/scripted-server.ts";
import { page, type ScriptedService, type ServiceOptions, startScriptedService, userBody } from "./scripted-service.ts";

const { signal } = new AbortController();
let service: ScriptedService | undefined;

afterEach(async () => {
  await service?.close();
});

async function serving(script: Parameters<typeof startScriptedService>[0], options: ServiceOptions = {}) {
  service = await startScriptedService(script, options);
  return service;
}

/** The error that the work throws. */
async function failure(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`Expected an AppError, got ${String(error)}`, { cause: error });
  return error;
}

function refused(status: number, code: string, headers: Record<string, string> = {}): Reply {
  const message = "Ann Smith <ann@example.com> is not what was expected";
  const details = [{ code: "IdentifierAlreadyInUse", target: "email", message: "ann@example.com is taken" }];
  return { status, headers, body: { error: { code, message, details } } };
}

const patch = (apim: Apim) => apim.patchUser("u1", { firstName: "Ann" }, '"A="', signal);
const member = (apim: Apim) => apim.addMember("g1", "u1", signal);
const list = (apim: Apim) => apim.listUsers(signal);

describe("a refusal", () => {
  it.each([
    [400, "ValidationError", "APIM_INVALID"],
    [403, "AuthorizationFailed", "APIM_FORBIDDEN"],
    [404, "ResourceNotFound", "APIM_NOT_FOUND"],
    [405, "MethodNotAllowed", "APIM_NOT_ALLOWED"],
    [409, "ScopeLocked", "APIM_CONFLICT"],
    [412, "PreconditionFailed", "APIM_CONFLICT"],
    [422, "SomethingElse", "APIM_INVALID"],
    [418, "Teapot", "APIM_UNEXPECTED"],
  ])("%i %s fails at once with %s", async (status, code, expected) => {
    const { apim, server } = await serving(() => refused(status, code));

    const error = await failure(patch(apim));

    expect(error.code).toBe(expected);
    expect(error.context).toMatchObject({ status, serviceCode: code, attempts: 1 });
    expect(server.requests).toHaveLength(1);
  });

  it("names codes and fields of the service and never its sentences", async () => {
    const { apim } = await serving(() => refused(400, "ValidationError"));

    const error = await failure(patch(apim));

    expect(error.message).toBe(
      'Cannot change user "u1": API Management answered "400, ValidationError, email: IdentifierAlreadyInUse", expected 200 or 204',
    );
    expect(JSON.stringify([error.message, error.context])).not.toMatch(/Ann|ann@/);
  });

  it.each(["ann@example.com", "Ann Smith is wrong", "", 7])("takes %j for no code of the service", async (word) => {
    const body = { error: { code: word, details: [{ code: word, target: word }, null] } };
    const { apim } = await serving(() => ({ status: 400, body }));

    const error = await failure(patch(apim));

    expect(error.message).toContain('answered "400, -: -", expected');
    expect(error.context.serviceCode).toBeUndefined();
  });

  it("hides a user id that is written like an address", async () => {
    const { apim, log } = await serving(() => refused(400, "ValidationError"));

    const error = await failure(apim.patchUser("ann@example.com", {}, '"A="', signal));

    expect(JSON.stringify([error.message, error.context, log.lines])).not.toMatch(/ann(@|%40)/);
  });

  it("says what to do about a version that the service does not support", async () => {
    const { apim } = await serving(() => refused(400, "MissingOrIncorrectVersionParameter"));

    expect((await failure(list(apim))).message).toContain("set an apiVersion that the service supports");
  });
});

describe("a failure that passes", () => {
  it.each([
    ["429 with seconds", refused(429, "SubscriptionRequestsThrottled", { "retry-after": "3" }), patch, 3000],
    [
      "429 with a date",
      refused(429, "SubscriptionRequestsThrottled", { "retry-after": "Tue, 14 May 2024 12:00:09 GMT" }),
      patch,
      9000,
    ],
    ["429 without a wait", refused(429, "ResourceRequestsThrottled"), patch, 250],
    ["500 to a read", refused(500, "InternalServerError"), list, 250],
    ["500 to a write under an ETag", refused(500, "InternalServerError"), patch, 250],
    ["503", { status: 503, headers: { "retry-after": "1" }, body: "<html>" }, patch, 1000],
    ["409 of a lock", refused(409, "PessimisticConcurrencyConflict"), patch, 250],
    ["412 to a write without an ETag", refused(412, "PreconditionFailed"), member, 250],
    ["422 of a time-out", refused(422, "ManagementApiRequestFailed"), patch, 250],
    ["a closed connection", (response: { destroy(): void }) => response.destroy(), patch, 250],
  ] as [string, Reply, (apim: Apim) => Promise<unknown>, number][])(
    "%s is tried again after its wait",
    async (_, first, work, wait) => {
      const { apim, clock, server } = await serving((request, index) => {
        if (index === 0) return first;
        return request.method === "GET" ? page([userBody("u1")]) : { status: 200, body: userBody("u1") };
      });

      await work(apim);

      expect(clock.waits).toEqual([wait]);
      expect(server.requests).toHaveLength(2);
    },
  );

  it.each([
    ["429", refused(429, "SubscriptionRequestsThrottled", { "retry-after": "1" }), patch, "APIM_THROTTLED"],
    ["500", refused(500, "InternalServerError"), list, "APIM_UNAVAILABLE"],
    ["503", { status: 503, body: "<html>busy</html>" }, patch, "APIM_UNAVAILABLE"],
    ["409 of a lock", refused(409, "PessimisticConcurrencyConflict"), patch, "APIM_CONFLICT"],
    ["412 without an ETag", refused(412, "PreconditionFailed"), member, "APIM_CONFLICT"],
    ["422 of a time-out", refused(422, "ManagementApiRequestFailed"), patch, "APIM_UNAVAILABLE"],
    ["a closed connection", (response: { destroy(): void }) => response.destroy(), list, "NETWORK"],
  ] as [string, Reply, (apim: Apim) => Promise<unknown>, string][])(
    "%s that stays ends with its code",
    async (_, reply, work, code) => {
      const { apim, server } = await serving(() => reply, { maxAttempts: 3 });

      expect((await failure(work(apim))).code).toBe(code);
      expect(server.requests).toHaveLength(3);
    },
  );

  it("says after a lost answer that the conflict may be our own write", async () => {
    const { apim } = await serving((_, index) =>
      index === 0 ? (response) => response.destroy() : refused(412, "PreconditionFailed"),
    );

    const error = await failure(patch(apim));

    expect(error).toMatchObject({ code: "APIM_CONFLICT", context: { attempts: 2, mayBeDone: true } });
    expect(error.message).toContain("an earlier attempt of this write was made");
  });
});

describe("an answer that does not fit", () => {
  it.each<[string, Reply]>([
    [
      "HTML instead of JSON",
      { status: 200, headers: { "content-type": "text/html" }, body: "<html>ann@example.com</html>" },
    ],
    ["JSON of another kind", { status: 200, body: { users: [] } }],
    ["a user without an id", page([{ properties: { state: "active" } }])],
    ["a state that is no word of the service", page([{ ...userBody("u1"), properties: { state: "ann@example.com" } }])],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.2/users" } }],
  ])("%s is APIM_UNEXPECTED at once", async (_, reply) => {
    const { apim, server } = await serving(() => reply);

    const error = await failure(list(apim));

    expect(error.code).toBe("APIM_UNEXPECTED");
    expect(error.message).not.toContain("ann@");
    expect(server.requests).toHaveLength(1);
  });

  it("half a body is read again, then APIM_UNEXPECTED", async () => {
    const { apim, server } = await serving(
      () => (response) => {
        response.writeHead(200, { "content-length": "1000" }).write('{"value":[');
        setImmediate(() => response.destroy());
      },
      { maxAttempts: 3 },
    );

    expect((await failure(list(apim))).code).toBe("APIM_UNEXPECTED");
    expect(server.requests).toHaveLength(3);
  });

  it("an entity without an ETag is APIM_UNEXPECTED", async () => {
    const { apim } = await serving(() => ({ status: 200, body: userBody("u1") }));

    expect((await failure(apim.getUser("u1", signal))).code).toBe("APIM_UNEXPECTED");
  });
});

describe("waiting", () => {
  it("a hang ends with TIMEOUT", async () => {
    const fires: (() => void)[] = [];
    const timer: Timer = (_, fire) => {
      fires.push(fire);
      return () => undefined;
    };
    const hang: Reply = () => {
      for (const fire of fires.splice(0)) fire();
    };
    const { apim, server } = await serving(() => hang, { maxAttempts: 2, timeoutMs: 5000, timer });

    expect(await failure(list(apim))).toMatchObject({ code: "TIMEOUT", context: { timeoutMs: 5000 } });
    expect(server.requests).toHaveLength(2);
  });

  it("a stop of the caller ends with ABORTED", async () => {
    const caller = new AbortController();
    const { apim } = await serving(() => () => caller.abort());

    expect((await failure(apim.listUsers(caller.signal))).code).toBe("ABORTED");
  });
});

describe("the credential", () => {
  const now = createFixedClock().now();

  /** A service that checks the signature as the real one does, and a client with the keys of the vault. */
  async function guarded(rightKey: string, vault: Record<string, readonly [string, string]>, serverNow = now) {
    return serving(
      (request) => {
        const sent = request.headers.authorization ?? "";
        const expiresAt = Date.parse(/&ex=([^&]+)&/.exec(sent)?.[1] ?? "");
        const right = createSasToken({ identifier: "integration", key: rightKey, expiresAt, now: expiresAt - 1 });
        const valid = sent === `SharedAccessSignature ${right}` && expiresAt > serverNow;
        return valid ? page([userBody("u1")]) : { status: 401, body: "" };
      },
      {
        door: "direct",
        apiVersion: "2021-08-01",
        credential: createSasCredential({
          secrets: { get: async (name, { fresh }) => vault[name]?.[fresh === true ? 1 : 0] ?? "" },
          identifier: "integration",
          primaryKeySecret: "primary",
          secondaryKeySecret: "secondary",
          clock: createFixedClock(),
        }),
      },
    );
  }

  it("is accepted with the right key", async () => {
    const { apim, server } = await guarded("k1", { primary: ["k1", "k1"] });

    expect(await list(apim)).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it("survives a rotation of the primary key", async () => {
    const { apim, server } = await guarded("new", { primary: ["old", "new"] });

    expect(await list(apim)).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  it("falls back to the secondary key", async () => {
    const { apim } = await guarded("k2", { primary: ["k1", "k1"], secondary: ["k2", "k2"] });

    expect(await list(apim)).toHaveLength(1);
  });

  it.each([
    ["wrong keys", "right", now],
    ["tokens that have expired by the service's clock", "k1", now + 7_200_000],
  ])(
    "ends with APIM_UNAUTHORIZED for %s, naming the secret but neither key nor token",
    async (_, rightKey, serverNow) => {
      const vault = { primary: ["k1", "k1"], secondary: ["k2", "k2"] } as const;
      const { apim, log } = await guarded(rightKey, vault, serverNow);

      const error = await failure(list(apim));

      expect(error.code).toBe("APIM_UNAUTHORIZED");
      expect(error.message).toContain('the secret "primary"');
      expect(JSON.stringify([error.message, error.context, log.lines])).not.toMatch(/k1|k2|uid=|sn=/);
    },
  );
});

describe("the token stays with its origin", () => {
  it.each([
    ["another host", "http://127.0.0.2:9/users?api-version=2024-05-01"],
    ["another scheme", "https://127.0.0.1/users"],
    ["an address that is none", "http://"],
    ["an address with a user name", "USER"],
  ])("a next link to %s is APIM_UNEXPECTED and never asked", async (_, link) => {
    const { apim, server } = await serving((__, ___, address) => {
      const nextLink = link === "USER" ? address.replace("//", "//ann@") : link;
      return page([userBody("u1")], { nextLink, count: 2 });
    });

    const error = await failure(list(apim));

    expect(error.code).toBe("APIM_UNEXPECTED");
    expect(server.requests).toHaveLength(1);
  });

  it("a Location to another origin is APIM_UNEXPECTED and never asked", async () => {
    const { apim, server } = await serving(() => ({ status: 202, headers: { location: "http://127.0.0.2:9/x" } }));

    expect((await failure(apim.deleteUser("u1", '"A="', signal))).code).toBe("APIM_UNEXPECTED");
    expect(server.requests).toHaveLength(1);
  });
});
