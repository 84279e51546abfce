import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesOf, readQueued } from "../../shared/core/request-batch.ts";

const queueLimit = 64 * 1024;
/** What ids may hold: also letters that take several bytes. */
const id = fc.string({ minLength: 1, maxLength: 256, unit: "binary" });
const look = fc.record({ target: fc.constantFrom("contoso", "fabrikam"), subscription: id });

describe("batchesOf()", () => {
  it("makes none of nothing, and one of a few of one target", () => {
    expect(batchesOf([], { via: "event" })).toEqual([]);
    const looks = ["s1", "s2"].map((subscription) => ({ target: "contoso", subscription }));
    expect(batchesOf(looks, { via: "sweep" })).toEqual([
      { target: "contoso", subscriptions: ["s1", "s2"], via: "sweep" },
    ]);
  });

  it("cuts where a batch holds as many as it may", () => {
    const looks = Array.from({ length: 7 }, (_, number) => ({ target: "contoso", subscription: `s${number}` }));

    expect(batchesOf(looks, { via: "event", most: 3 }).map(({ subscriptions }) => subscriptions.length)).toEqual([
      3, 3, 1,
    ]);
  });

  it("loses none, doubles none, keeps the order of a target, and fits the queue even as base64", () => {
    fc.assert(
      fc.property(fc.array(look, { maxLength: 400, size: "max" }), fc.integer({ min: 1, max: 500 }), (looks, most) => {
        const batches = batchesOf(looks, { via: "event", most });

        for (const target of ["contoso", "fabrikam"]) {
          const own = batches.filter((batch) => batch.target === target);
          expect(own.flatMap(({ subscriptions }) => subscriptions)).toEqual(
            looks.filter((each) => each.target === target).map(({ subscription }) => subscription),
          );
        }
        for (const batch of batches) {
          expect(batch.subscriptions.length).toBeLessThanOrEqual(most);
          expect(Buffer.from(JSON.stringify(batch)).toString("base64").length).toBeLessThanOrEqual(queueLimit);
          expect(readQueued(JSON.parse(JSON.stringify(batch)))).toEqual({ batch });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("wastes no message: two that follow each other would not fit into one", () => {
    const looks = Array.from({ length: 5_000 }, (_, number) => ({
      target: "contoso",
      subscription: `${number}`.padStart(36, "0"),
    }));
    const batches = batchesOf(looks, { via: "event" });

    expect(batches).toHaveLength(4);
    for (const batch of batches.slice(0, -1)) expect(JSON.stringify(batch).length).toBeGreaterThan(48 * 1024 - 45);
  });
});

describe("readQueued()", () => {
  it("reads a message and a batch, and says `event` where nothing says how it came", () => {
    expect(readQueued({ target: "contoso", subscription: "s1", via: "page", answer: "approve" })).toEqual({
      message: { target: "contoso", subscription: "s1", via: "page" },
    });
    const event = { id: "1", answer: "approved", rule: "r", round: 1, at: 0 };
    const telling = { event, since: 0 };
    const message = { target: "contoso", subscription: "s1", via: "event" };
    expect(readQueued({ ...message, telling })).toEqual({ message: { ...message, telling } });
    expect(readQueued({ ...message, telling: "x" })).toEqual({ message });
    expect(readQueued({ target: "contoso", subscriptions: ["s1", "s2"] })).toEqual({
      batch: { target: "contoso", subscriptions: ["s1", "s2"], via: "event" },
    });
  });

  it.each([
    undefined,
    null,
    "text",
    7,
    [],
    {},
    { target: 1, subscription: "s1" },
    { target: "contoso" },
    { target: "contoso", subscription: 1 },
    { target: "contoso", subscriptions: "s1" },
    { target: "contoso", subscriptions: [] },
    { target: "contoso", subscriptions: ["s1", 2] },
  ])("is nothing of ours: %j", (value) => {
    expect(readQueued(value)).toBeUndefined();
  });
});
