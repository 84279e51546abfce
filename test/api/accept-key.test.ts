import { describe, expect, it } from "vitest";
import { acceptingKey } from "../../shared/api/accept-key.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { Secrets } from "../../shared/ports.ts";

const signal = new AbortController().signal;

/** A vault that has these, says that it has no others, and does not answer for those that are away. */
function vault(texts: Readonly<Record<string, string>>, away: readonly string[] = []): Secrets {
  return {
    async get(name) {
      const text = texts[name];
      const status = away.includes(name) ? 503 : 404;
      if (text === undefined || status === 503)
        throw new AppError("SECRET_UNAVAILABLE", `Cannot read secret "${name}"`, { context: { status } });
      return text;
    },
  };
}

describe("acceptingKey()", () => {
  const secrets = vault({ "function-key-accept": "k-1\n", "function-key-night": "k-2" });

  it("gives the name of the reserved key that was presented", async () => {
    expect(await acceptingKey("k-1", ["accept", "night"], secrets, signal)).toBe("accept");
    expect(await acceptingKey("k-2", ["accept", "night"], secrets, signal)).toBe("night");
  });

  it.each([["k-3"], ["K-1"], ["k-1 "], [""], [undefined]])("refuses %j", async (key) => {
    expect(await acceptingKey(key, ["accept", "night"], secrets, signal)).toBeUndefined();
  });

  it("does not take a name that is not reserved, nor an empty secret", async () => {
    expect(await acceptingKey("k-2", ["accept"], secrets, signal)).toBeUndefined();
    expect(await acceptingKey("", ["empty"], vault({ "function-key-empty": "" }), signal)).toBeUndefined();
  });

  it("takes a key for one that opens nothing when it has no secret", async () => {
    expect(await acceptingKey("k-2", ["gone", "night"], secrets, signal)).toBe("night");
    expect(await acceptingKey("k-2", ["gone"], secrets, signal)).toBeUndefined();
  });

  it("looks at the other keys when one cannot be read, and fails when none of them is the one", async () => {
    const half = vault({ "function-key-accept": "k-1", "function-key-night": "k-2" }, ["function-key-accept"]);

    expect(await acceptingKey("k-2", ["accept", "night"], half, signal)).toBe("night");
    const unknown = acceptingKey("k-1", ["accept", "night"], half, signal);
    await expect(unknown).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });
  });
});
