// What every store of requests does, whatever it is made of.
import { beforeEach, describe, expect, it } from "vitest";
import { factsName } from "../../shared/core/facts.ts";
import type { RequestRecord, RequestStatus } from "../../shared/core/request.ts";
import type { RequestStore } from "../../shared/request-ports.ts";
import { hostileNames } from "../helpers/hostile-names.ts";
import { startOfTime } from "../helpers/records.ts";
import { aRequest } from "../helpers/request-records.ts";

const signal = new AbortController().signal;

export type StartedRequestStore = { readonly store: RequestStore; setTime(now: number): void };

/** Declares the tests. `start` gives an empty store whose clock stands at `startOfTime`. */
export function describeRequestStoreContract(name: string, start: () => Promise<StartedRequestStore>): void {
  describe(`${name} as a store of requests`, () => {
    let started: StartedRequestStore;
    let store: RequestStore;
    beforeEach(async () => {
      started = await start();
      store = started.store;
    });

    async function change(request: RequestRecord): Promise<void> {
      const known = await store.getRequest(request.target, request.subscription, signal);
      expect(await store.putRequest(request, known?.version, signal)).toBe(true);
    }

    async function listed(options: {
      target?: string;
      status?: readonly RequestStatus[];
      limit?: number;
      first?: "oldest";
    }) {
      const found = await store.listRequests({ limit: 100, ...options }, signal);
      return found.map(({ subscription }) => subscription);
    }

    describe("one request", () => {
      it("is the same in any capitals of the subscription's id, and keeps the spelling that was written last", async () => {
        await change(aRequest("Sub-A1"));
        expect((await store.getRequest("contoso", "sub-a1", signal))?.value.subscription).toBe("Sub-A1");
        expect(await store.putRequest(aRequest("SUB-A1"), undefined, signal)).toBe(false);

        await change(aRequest("sub-A1", { status: "asked" }));

        expect(await listed({})).toStrictEqual(["sub-A1"]);
      });

      it("getRequest gives what putRequest stored, with every field", async () => {
        const request = aRequest("s1", {
          status: "asked",
          productId: "payments-api",
          ownerId: "rc-1",
          worker: "employee/1",
          question: {
            askedAt: startOfTime,
            approvers: [{ address: "boss@contoso.com", role: "manager", nonce: "n1", sentAt: startOfTime }],
            finalAt: startOfTime + 1,
            finalAnswer: "reject",
            rule: "Grüße 人",
          },
          facts: { blob: "f", hash: "h" },
          error: { code: "NETWORK", message: "Cannot reach it", at: startOfTime },
        });
        await change(request);

        expect((await store.getRequest("contoso", "s1", signal))?.value).toStrictEqual(request);
      });

      it("getRequest knows nothing of another target or subscription", async () => {
        await change(aRequest("s1"));

        expect(await store.getRequest("fabrikam", "s1", signal)).toBeUndefined();
        expect(await store.getRequest("contoso", "s2", signal)).toBeUndefined();
      });

      it("holds a question to a hundred approvers and a long comment", async () => {
        const approvers = Array.from({ length: 100 }, (_, index) => ({
          address: `approver.${index}.${"x".repeat(200)}@contoso.com`,
          role: "owner" as const,
          nonce: `${(index * 7919) % 5003}-${"n".repeat(400)}`,
          sentAt: startOfTime,
        }));
        const question = { askedAt: 1, approvers, finalAt: 2, finalAnswer: "reject" as const, rule: "r" };
        const answer = { answer: "reject" as const, rule: "person", comment: "é".repeat(40_000), at: 3 };
        await change(aRequest("s1", { question, answer }));

        expect((await store.getRequest("contoso", "s1", signal))?.value).toMatchObject({ question, answer });
      });

      it("a field that is gone stays gone", async () => {
        await change(aRequest("s1", { productId: "p" }));
        await change(aRequest("s1", { status: "closed" }));

        expect((await store.getRequest("contoso", "s1", signal))?.value).toStrictEqual(
          aRequest("s1", { status: "closed" }),
        );
      });

      it.each(hostileNames)("keeps $label apart as target and as subscription", async ({ name: hostile }) => {
        await change(aRequest(hostile, { target: "contoso", productId: "1" }));
        await change(aRequest("contoso", { target: hostile, productId: "2" }));

        expect((await store.getRequest("contoso", hostile, signal))?.value.productId).toBe("1");
        expect((await store.getRequest(hostile, "contoso", signal))?.value.productId).toBe("2");
        expect(await listed({ target: hostile })).toStrictEqual(["contoso"]);
      });

      it("keeps pairs apart whose names join to the same text", async () => {
        await change(aRequest("b/c", { target: "a" }));

        expect(await store.getRequest("a/b", "c", signal)).toBeUndefined();
      });
    });

    describe("two writers", () => {
      it("putRequest without a version makes a record only once", async () => {
        const first = await store.putRequest(aRequest("s1", { via: "event" }), undefined, signal);
        const second = await store.putRequest(aRequest("s1", { via: "sweep" }), undefined, signal);

        expect([first, second]).toStrictEqual([true, false]);
        expect((await store.getRequest("contoso", "s1", signal))?.value.via).toBe("event");
        expect(await listed({})).toStrictEqual(["s1"]);
      });

      it("putRequest with a version that is over writes nothing", async () => {
        await change(aRequest("s1"));
        const old = await store.getRequest("contoso", "s1", signal);
        await change(aRequest("s1", { status: "asked" }));

        expect(await store.putRequest(aRequest("s1", { status: "closed" }), old?.version, signal)).toBe(false);
        expect((await store.getRequest("contoso", "s1", signal))?.value.status).toBe("asked");
        expect(await listed({ status: ["closed"] })).toStrictEqual([]);
      });

      it("putRequest with the version of a record that is not there writes nothing", async () => {
        await change(aRequest("s1"));
        const version = (await store.getRequest("contoso", "s1", signal))?.version;

        expect(await store.putRequest(aRequest("s2"), version, signal)).toBe(false);
        expect(await store.getRequest("contoso", "s2", signal)).toBeUndefined();
      });

      it("of many that write at once, one does", async () => {
        await change(aRequest("s1"));
        const version = (await store.getRequest("contoso", "s1", signal))?.version;

        const done = await Promise.all(
          Array.from({ length: 8 }, (_, round) => store.putRequest(aRequest("s1", { round }), version, signal)),
        );

        expect(done.filter(Boolean)).toHaveLength(1);
        const won = (await store.getRequest("contoso", "s1", signal))?.value.round;
        expect(done[won ?? -1]).toBe(true);
      });
    });

    describe("lists", () => {
      const states: readonly RequestStatus[] = ["new", "asked", "decided", "answered", "closed", "failed"];
      beforeEach(async () => {
        for (const [index, status] of states.entries()) {
          const target = index % 2 === 0 ? "contoso" : "fabrikam";
          await change(aRequest(status, { target, status, firstSeenAt: startOfTime + index }));
        }
      });

      it("listRequests gives the newest first, up to the limit", async () => {
        expect(await listed({})).toStrictEqual([...states].reverse());
        expect(await listed({ limit: 2 })).toStrictEqual(["failed", "closed"]);
        expect(await listed({ status: ["new", "asked", "decided"], limit: 2 })).toStrictEqual(["decided", "asked"]);
      });

      it("listRequests gives the oldest first where they are asked for, up to the limit", async () => {
        expect(await listed({ first: "oldest" })).toStrictEqual(states);
        expect(await listed({ first: "oldest", limit: 1 })).toStrictEqual(["new"]);
        expect(await listed({ first: "oldest", status: ["asked", "answered", "decided"], limit: 2 })).toStrictEqual([
          "asked",
          "decided",
        ]);
        expect(await listed({ first: "oldest", target: "fabrikam", limit: 2 })).toStrictEqual(["asked", "answered"]);
      });

      it("listRequests finds the oldest of hundreds in a list, up to the limit", async () => {
        const ids = Array.from({ length: 300 }, (_, index) => `many-${String(index).padStart(3, "0")}`);
        await Promise.all(
          ids.map((id, index) => change(aRequest(id, { target: "many", firstSeenAt: startOfTime + index }))),
        );
        expect(await listed({ first: "oldest", target: "many", limit: 5 })).toStrictEqual(ids.slice(0, 5));
        expect(await listed({ first: "oldest", target: "many", limit: 300 })).toStrictEqual(ids);
      });

      it.each(states)("listRequests finds what is %s", async (status) => {
        expect(await listed({ status: [status] })).toStrictEqual([status]);
      });

      it("listRequests finds what a target has, of some states and of all", async () => {
        expect(await listed({ target: "contoso" })).toStrictEqual(["closed", "decided", "new"]);
        expect(await listed({ target: "fabrikam", status: ["asked", "closed"] })).toStrictEqual(["asked"]);
        expect(await listed({ target: "nowhere" })).toStrictEqual([]);
        expect(await listed({ status: [] })).toStrictEqual([]);
      });

      it("a request stands in the lists as it is now, once", async () => {
        await change(aRequest("new", { status: "asked", firstSeenAt: startOfTime }));
        await change(aRequest("new", { status: "answered", firstSeenAt: startOfTime }));
        expect(await listed({ status: ["new", "asked", "failed"] })).toStrictEqual(["failed"].concat("asked"));
        expect(await listed({ status: ["answered"] })).toStrictEqual(["answered", "new"]);

        await change(aRequest("new", { status: "new", round: 2, firstSeenAt: startOfTime + 100 }));
        expect(await listed({ target: "contoso" })).toStrictEqual(["new", "closed", "decided"]);
        expect((await store.listRequests({ status: ["new"], limit: 5 }, signal))[0]?.round).toBe(2);
      });
    });

    describe("one-time values", () => {
      it("takeOnce gives a value to one of many", async () => {
        const taken = await Promise.all(Array.from({ length: 8 }, () => store.takeOnce("salt", "v1", 60, signal)));

        expect(taken.filter(Boolean)).toHaveLength(1);
        expect(await store.takeOnce("salt", "v1", 60, signal)).toBe(false);
      });

      it.each(hostileNames)("takeOnce keeps kinds and values apart: $label", async ({ name: value }) => {
        expect(await store.takeOnce("salt", value, 60, signal)).toBe(true);
        expect(await store.takeOnce("form", value, 60, signal)).toBe(true);
        expect(await store.takeOnce("salt", `${value}.`, 60, signal)).toBe(true);
        expect(await store.takeOnce("salt", value, 60, signal)).toBe(false);
      });

      it("takeOnce forgets a value after its time, not before", async () => {
        await store.takeOnce("salt", "v1", 60, signal);

        started.setTime(startOfTime + 59_999);
        expect(await store.takeOnce("salt", "v1", 60, signal)).toBe(false);
        started.setTime(startOfTime + 60_000);
        expect(await store.takeOnce("salt", "v1", 60, signal)).toBe(true);
        expect(await store.takeOnce("salt", "v1", 60, signal)).toBe(false);
      });
    });

    describe("facts", () => {
      it("getFacts gives what putFacts stored, until deleteFacts takes what is older", async () => {
        const names = [1, 2, 3].map((hour) => factsName(startOfTime + hour, "contoso", "ü/1"));
        for (const name of names) await store.putFacts(name, { salt: "s", facts: { name } }, signal);
        expect(await store.getFacts(names[0] ?? "", signal)).toStrictEqual({ salt: "s", facts: { name: names[0] } });

        expect(await store.deleteFacts(startOfTime + 3, new Set(), signal)).toBe(2);

        const left = await Promise.all(names.map((name) => store.getFacts(name, signal)));
        expect(left.map((facts) => facts === undefined)).toStrictEqual([true, true, false]);
      });

      it("deleteFacts leaves what is needed, however old it is", async () => {
        const names = [1, 2].map((hour) => factsName(startOfTime + hour, "contoso", "ü/1"));
        for (const name of names) await store.putFacts(name, { salt: "s", facts: { name } }, signal);

        expect(await store.deleteFacts(startOfTime + 3, new Set(names.slice(0, 1)), signal)).toBe(1);

        const left = await Promise.all(names.map((name) => store.getFacts(name, signal)));
        expect(left.map((facts) => facts === undefined)).toStrictEqual([false, true]);
      });
    });

    it("rejects with ABORTED when the signal has fired", async () => {
      const stopped = AbortSignal.abort();
      const failure = { code: "ABORTED" };
      await expect(store.getRequest("contoso", "s1", stopped)).rejects.toMatchObject(failure);
      await expect(store.putRequest(aRequest("s1"), undefined, stopped)).rejects.toMatchObject(failure);
      await expect(store.listRequests({ limit: 1 }, stopped)).rejects.toMatchObject(failure);
      await expect(store.takeOnce("salt", "v", 1, stopped)).rejects.toMatchObject(failure);
      await expect(store.getFacts("1", stopped)).rejects.toMatchObject(failure);
    });
  });
}
