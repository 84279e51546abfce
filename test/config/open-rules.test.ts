import { beforeAll, describe, expect, it } from "vitest";
import { createRulesReader } from "../../shared/config/open-rules.ts";
import type { RulesDeps as ParseDeps } from "../../shared/config/rules-schema.ts";
import type { RulesLocation } from "../../shared/config/settings.ts";
import { AppError } from "../../shared/core/errors.ts";
import { abortable } from "../../shared/http/aborted.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { rulesDeps, validText } from "./rules-fixture.ts";

const { signal } = new AbortController();
const minute = 60_000;
const location: RulesLocation = { kind: "blob", account: "contoso", container: "rules", name: "rollcall.yaml" };
let parse: ParseDeps;
beforeAll(async () => {
  parse = await rulesDeps();
});

async function* streamOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** A reader of a blob, whose openings are answered one after the other. */
function start() {
  const clock = createFixedClock();
  const openings: { readonly signal: AbortSignal; give(text: string): void; fail(error: AppError): void }[] = [];
  const read = createRulesReader(location, {
    clock,
    openBlob: async (_, ofWork) => {
      const text = new Promise<string>((give, fail) => openings.push({ signal: ofWork, give, fail }));
      return { stream: streamOf(await abortable(text, ofWork)) };
    },
    expressions: async () => parse.expressions,
    sourceSchemas: async () => parse.sourceSchemas,
  });
  return {
    clock,
    read,
    openings: () => openings.length,
    opening(number: number) {
      const found = openings[number];
      if (found === undefined) throw new Error(`The blob was not opened ${number + 1} times`);
      return found;
    },
  };
}

describe("createRulesReader", () => {
  it("reads once in a minute, for those who ask at the same time and for those who ask later", async () => {
    const { clock, read, openings, opening } = start();
    const both = [read(signal), read(signal)];
    opening(0).give(validText);
    const [first, second] = await Promise.all(both);
    clock.advance(minute - 1);

    expect(await read(signal)).toBe(first);
    expect([second === first, first?.rules.owner, openings()]).toEqual([true, "contoso", 1]);
  });

  it("reads again a minute after the last reading began", async () => {
    const { clock, read, openings, opening } = start();
    const first = read(signal);
    clock.advance(minute / 2);
    opening(0).give(validText);
    await first;
    clock.advance(minute / 2);
    const second = read(signal);
    expect(openings()).toBe(2);
    opening(1).give(validText.replace("contoso", "fabrikam"));

    expect((await second).rules.owner).toBe("fabrikam");
    expect((await second).digest).not.toBe((await first).digest);
  });

  it("gives the same rules while the text is the same, and keeps them for another minute", async () => {
    const { clock, read, openings, opening } = start();
    const first = read(signal);
    opening(0).give(validText);
    await first;
    clock.advance(minute);
    const second = read(signal);
    opening(1).give(validText);

    expect(await second).toBe(await first);
    clock.advance(minute - 1);
    expect(await read(signal)).toBe(await first);
    expect(openings()).toBe(2);
  });

  it("does not keep what failed", async () => {
    const { read, opening } = start();
    const unread = read(signal);
    opening(0).fail(new AppError("SOURCE_UNAVAILABLE", "Cannot read the blob: it is away"));
    await expect(unread).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    const invalid = read(signal);
    opening(1).give("owner: [");
    await expect(invalid).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    const third = read(signal);
    opening(2).give(validText);

    expect((await third).rules.owner).toBe("contoso");
  });

  it("lets a caller go that stops, and reads on for the others", async () => {
    const { read, openings, opening } = start();
    const [early, late] = [new AbortController(), new AbortController()];
    const first = read(early.signal);
    const other = read(signal);
    const last = read(late.signal);

    early.abort();
    late.abort();

    await expect(first).rejects.toMatchObject({ code: "ABORTED" });
    await expect(last).rejects.toMatchObject({ code: "ABORTED" });
    opening(0).give(validText);
    expect((await other).rules.owner).toBe("contoso");
    expect(openings()).toBe(1);
  });

  it("ends a reading that nobody waits for any more, and the next caller reads anew", async () => {
    const { read, opening } = start();
    const stop = new AbortController();
    const only = read(stop.signal);
    stop.abort();
    await expect(only).rejects.toMatchObject({ code: "ABORTED" });
    expect(opening(0).signal.aborted).toBe(true);

    const next = read(signal);
    opening(1).give(validText);
    expect((await next).rules.owner).toBe("contoso");
  });

  it("names a file that is not there", async () => {
    const clock = createFixedClock();
    const read = createRulesReader(
      { kind: "file", path: "no/such/rollcall.yaml" },
      {
        clock,
        openBlob: () => Promise.reject(new Error("No blob is needed")),
        expressions: async () => parse.expressions,
        sourceSchemas: async () => parse.sourceSchemas,
      },
    );

    await expect(read(signal)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining('"no/such/rollcall.yaml"'),
    });
  });
});
