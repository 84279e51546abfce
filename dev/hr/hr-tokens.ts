// Access tokens of a simulated HR system: each is good for a while, and dies when the secret becomes another one.
import type { HrWorld } from "./hr-system.ts";

type Secured = Pick<HrWorld, "secret" | "now">;

export type HrTokens = {
  make(world: Secured): string;
  isGood(token: string | undefined, world: Secured): boolean;
  /** Makes the token, or all of them, good no more. */
  end(token?: string): void;
};

/** No tokens yet. `prefix` is how their texts begin. */
export function createHrTokens(prefix: string, lifeSeconds: number): HrTokens {
  const made = new Map<string, { readonly secret: string; readonly until: number }>();
  let count = 0;
  return {
    make({ secret, now }) {
      count += 1;
      const token = `${prefix}-${count}`;
      made.set(token, { secret, until: now + lifeSeconds * 1000 });
      return token;
    },
    isGood(token = "", { secret, now }) {
      const known = made.get(token);
      return known?.secret === secret && now < known.until;
    },
    end(token) {
      if (token === undefined) made.clear();
      else made.delete(token);
    },
  };
}
