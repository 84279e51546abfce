// What one simulated HR system is: how it answers, over the workers and faults that the server gives it.
import type { HrWorker } from "./workers.ts";

export type HrCall = {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
};

export type HrAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, when there is no `json`. */
  readonly text?: string;
};

/** What is wrong with the page that is being made. */
export type PageFault = "shift" | "repeat-next" | "lose-row";

export type HrWorld = {
  readonly workers: readonly HrWorker[];
  /** Rows of a page when the client asks for more or says nothing. */
  readonly pageSize: number;
  /** What the client has to prove itself with; the same in each place where the system takes a secret. */
  readonly secret: string;
  readonly fault: PageFault | undefined;
  /** A property that no row has any more. JSON loses it by itself; who answers in text leaves it out. */
  readonly vanished: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
};

export type HrSystem = {
  /** Name for the command line and for tests: the kind that reads it. */
  readonly name: string;
  /** True for requests that give workers: only they have faults. */
  isPage(call: HrCall): boolean;
  answer(call: HrCall, world: HrWorld): HrAnswer | Promise<HrAnswer>;
  /** What the system puts into a 200 when something failed inside. */
  readonly errorInside: unknown;
  /** How it refuses a cursor that has expired, where it has cursors. */
  readonly expired?: HrAnswer;
  /** Ends all access tokens before their time, where it gives some. */
  readonly endTokens?: () => void;
};

/** The workers that a condition selects, worked out once for all pages of one list. */
export function createSelection(): (
  workers: readonly HrWorker[],
  condition: string,
  fits: (worker: HrWorker) => boolean,
) => readonly HrWorker[] {
  let last: { workers: readonly HrWorker[]; condition: string; found: readonly HrWorker[] } | undefined;
  return (workers, condition, fits) => {
    if (last?.workers !== workers || last.condition !== condition)
      last = { workers, condition, found: workers.filter(fits) };
    return last.found;
  };
}

export type Slice = { readonly rows: readonly HrWorker[]; readonly next: number | undefined; readonly total: number };

/** The workers of a page from a position on, as the fault wants them. */
export function slice({ workers, pageSize, fault }: HrWorld, from: number, limit = pageSize): Slice {
  const size = Math.min(limit, pageSize);
  const start = fault === "shift" && from > 0 ? from - 1 : from;
  const page = workers.slice(start, start + size);
  const rows = fault === "lose-row" ? page.slice(1) : page;
  const end = start + size;
  return {
    rows,
    next: end < workers.length ? (fault === "repeat-next" ? from : end) : undefined,
    total: workers.length,
  };
}

export type SliceAfter = Omit<Slice, "next"> & { readonly next: string | undefined };

/** The workers of a page behind the one that a cursor names, wherever that one stands now: nobody is passed over because
 * somebody else went. Undefined for a cursor that names nobody. */
export function sliceAfter(world: HrWorld, after: string | undefined, limit = world.pageSize): SliceAfter | undefined {
  const { workers } = world;
  const from = after === undefined ? 0 : workers.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0) return undefined;
  const { next, ...page } = slice(world, from, limit);
  return { ...page, next: next === undefined ? undefined : next === from ? after : workers[next - 1]?.id };
}

/** The text after the scheme of an Authorization header. */
export function credentialOf(call: HrCall, scheme: "Bearer" | "Basic"): string | undefined {
  return new RegExp(`^${scheme} (.+)$`, "i").exec(call.headers.authorization ?? "")?.[1];
}

/** The user and the password of a Basic header. */
export function basicOf(call: HrCall): { readonly user: string; readonly password: string } | undefined {
  const text = Buffer.from(credentialOf(call, "Basic") ?? "", "base64").toString("utf8");
  const at = text.indexOf(":");
  return at === -1 ? undefined : { user: text.slice(0, at), password: text.slice(at + 1) };
}

/** The JSON of a request's body, or undefined. */
export function jsonOf(call: HrCall): unknown {
  try {
    return JSON.parse(call.body);
  } catch {
    return undefined;
  }
}
