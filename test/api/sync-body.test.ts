import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSyncBody } from "../../shared/api/sync-body.ts";

const digest = "a".repeat(64);

describe("parseSyncBody()", () => {
  it("gives the request with its defaults", () => {
    expect(parseSyncBody('{"target":"contoso","mode":"plan"}', ["contoso"])).toEqual({
      ok: true,
      request: { target: "contoso", mode: "plan", purpose: "sync" },
    });
  });

  it("takes a digest to accept, a worker and a purpose", () => {
    const body = { target: "contoso", mode: "apply", purpose: "delete", accept: digest, worker: "employee/1042" };

    expect(parseSyncBody(JSON.stringify(body), ["contoso"])).toEqual({ ok: true, request: body });
  });

  it.each([
    ["no JSON", "{", ["body"]],
    ["an array", "[]", ["body"]],
    ["nothing", "{}", ["target", "mode"]],
    ["another target", '{"target":"fabrikam","mode":"plan"}', ["target"]],
    ["a digest with a plan", `{"target":"contoso","mode":"plan","accept":"${digest}"}`, ["accept"]],
    ["a worker that is no key", '{"target":"contoso","mode":"plan","worker":"1042"}', ["worker"]],
    ["numbers for words", '{"target":1,"mode":2,"purpose":3}', ["target", "mode", "purpose"]],
  ])("names every wrong field of a body with %s", (_, body, fields) => {
    const parsed = parseSyncBody(body, ["contoso"]);

    expect(parsed.ok ? [] : parsed.problems.map(({ field }) => field)).toEqual(fields);
  });

  it("never throws, whatever the text is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseSyncBody(text, ["contoso"]).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
