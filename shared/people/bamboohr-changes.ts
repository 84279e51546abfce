// Who changed in BambooHR since a time: GET /api/v1/employees/changed. A change of any field of an employee counts.
// https://documentation.bamboohr.com/reference/get-changed-employee-ids
import type { Changes } from "./changes.ts";
import { compilePath } from "./json-path.ts";
import { getPage, withParameters } from "./page-request.ts";
import { type Ask, isUnreachable } from "./paged.ts";

export type BamboohrChanges = {
  readonly address: URL;
  readonly workers: Changes["workers"];
  readonly fullEveryHours: number;
};

const employees = compilePath("employees");
const idOf = compilePath("id");
const actionOf = compilePath("action");

/** So much earlier than the system's own clock says: what is just being written may not be listed yet. */
const marginMs = 5 * 60_000;
const numbersAtOnce = 100;

/** Since then nobody has changed: the answer is short, and says what time it is there. */
const farAhead = "2999-01-01T00:00:00Z";

/** The token is a time on the system's own clock. Workers have to be known by the system's own id. */
export function bamboohrChanges({ address, workers, fullEveryHours }: BamboohrChanges): Changes {
  const changedSince = (since: string) => withParameters(getPage(address), { since }, "query");
  return {
    token: (ask) => timeAt(ask, changedSince(farAhead)),
    since: (token) => ({
      first: changedSince(token),
      shape: { itemsOf: (document) => valuesOf(employees(document)) },
    }),
    changedId: (item) => (String(actionOf(item)).toLowerCase() === "deleted" ? undefined : textOf(idOf(item))),
    expired: () => false,
    workers,
    atOnce: numbersAtOnce,
    wholeEveryMs: fullEveryHours * 3_600_000,
  };
}

async function timeAt(ask: Ask, request: Parameters<Ask>[0]): Promise<string | undefined> {
  try {
    const answer = await ask(request);
    const time = Date.parse(answer.headers("date") ?? "");
    return answer.status === 200 && !Number.isNaN(time) ? new Date(time - marginMs).toISOString() : undefined;
  } catch (error) {
    if (isUnreachable(error)) return undefined;
    throw error;
  }
}

/** Entries under their ids; where there are none, the system writes a list. */
function valuesOf(map: unknown): unknown {
  return typeof map === "object" && map !== null ? Object.values(map) : map;
}

function textOf(id: unknown): string | undefined {
  return typeof id === "string" || typeof id === "number" ? String(id) : undefined;
}
