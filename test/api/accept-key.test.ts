import { describe, expect, it } from "vitest";
import { acceptingKey } from "../../shared/api/accept-key.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { Secrets } from "../../shared/ports.ts";

const signal = new AbortController().signal;

function vault(texts: Readonly<Record<string, string>>): Secrets {
  return {
    async get(name) {
      const text = texts[name];
      if (text === undefined) throw new AppError("SECRET_UNAVAILABLE", `Cannot read secret "${name}"`);
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

  it("looks at the other keys when one has no secret, and fails when none could be read", async () => {
    expect(await acceptingKey("k-2", ["gone", "night"], secrets, signal)).toBe("night");
    await expect(acceptingKey("k-2", ["gone"], secrets, signal)).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });
  });
});
