// Who changed in BambooHR since a time: GET /api/v1/employees/changed. A change of any field of an employee counts.
// https://documentation.bamboohr.com/reference/get-changed-employee-ids
import { type Changes, farAhead, timeBefore, tokenFrom } from "./changes.ts";
import { compilePath } from "./json-path.ts";
import { getPage, withParameters } from "./page-request.ts";

export type BamboohrChanges = {
  readonly address: URL;
  readonly workers: Changes["workers"];
  readonly fullEveryHours: number;
};

const employees = compilePath("employees");
const idOf = compilePath("id");
const actionOf = compilePath("action");

const numbersAtOnce = 100;

/** The token is a time on the system's own clock. Workers have to be known by the system's own id. */
export function bamboohrChanges({ address, workers, fullEveryHours }: BamboohrChanges): Changes {
  const changedSince = (since: string) => withParameters(getPage(address), { since }, "query");
  return {
    // The answer is short, and says what time it is there.
    token: (ask) => tokenFrom(ask, changedSince(farAhead), (_, answer) => timeBefore(answer)),
    since: (token) => ({
      first: changedSince(token),
      shape: { itemsOf: (document) => valuesOf(employees(document)) },
    }),
    changedId: (item) => (String(actionOf(item)).toLowerCase() === "deleted" ? undefined : textOf(idOf(item))),
    workers,
    atOnce: numbersAtOnce,
    wholeEveryMs: fullEveryHours * 3_600_000,
  };
}

/** Entries under their ids; where there are none, the system writes a list. */
function valuesOf(map: unknown): unknown {
  return typeof map === "object" && map !== null ? Object.values(map) : map;
}

function textOf(id: unknown): string | undefined {
  return typeof id === "string" || typeof id === "number" ? String(id) : undefined;
}
