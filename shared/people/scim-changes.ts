// Who changed at a SCIM service since a time: users by meta.lastModified, which is when any detail of the user was last
// changed (RFC 7643, 3.1; the filter is an example of RFC 7644, 3.4.2.2). Services that cannot filter so refuse it, pass
// over it or find nobody, with success. So before each whole read the service has to show that it can.
import { type Changes, farAhead, timeBefore, tokenFrom } from "./changes.ts";
import type { Pages } from "./endpoint.ts";
import type { DocumentShape } from "./json-document.ts";
import { createPager } from "./next-page.ts";
import { withParameters } from "./page-request.ts";
import { compileScimPath, scimAttribute } from "./scim-path.ts";

export type ScimChanges = {
  /** The attribute of the employee number. It has one value. */
  readonly key: string;
  /** Which users the source reads; all of them unless stated. */
  readonly filter: string | undefined;
  /** What a whole read asks for. */
  readonly attributes: readonly string[];
  /** The users that fit a condition, with these attributes. */
  readonly users: (condition: string, attributes: readonly string[]) => Pages;
  readonly shape: DocumentShape;
  readonly fullEveryHours: number;
};

/** Their condition has to fit into a query of 2,048 characters: IIS refuses longer ones unless it is told otherwise. */
const numbersAtOnce = 10;

/** Since then everybody has changed. */
const longAgo = "1970-01-01T00:00:00Z";

/** Nobody's number. */
const nobody = "rollcall-nobody";

/** A service may compare the times as texts, as it wrote them. */
const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]00:00)$/;

const idOf = compileScimPath("id");
const lastModified = compileScimPath("meta.lastModified");

/** The token is a time on the service's own clock. Marks nothing where the service does not show that it can be asked. */
export function scimChanges(options: ScimChanges): Changes {
  const { key, filter, attributes, users, shape, fullEveryHours } = options;
  const numberOf = compileScimPath(key);
  const isWorker = (number: string) => `${key} eq ${JSON.stringify(number)}`;

  const isEmpty = (document: unknown) => {
    const items = shape.itemsOf(document);
    return Array.isArray(items) && items.length === 0 && !(Number(shape.totalOf?.(document) ?? 0) > 0);
  };
  const hasTimes = (document: unknown) => {
    const items = shape.itemsOf(document);
    const [first] = Array.isArray(items) ? items : [];
    return utc.test(String(lastModified(first)));
  };
  // As many conditions as are ever joined, and the one that is met among them: who takes the first or the last one only
  // finds nobody.
  const everybody = anyOf(
    Array.from({ length: numbersAtOnce }, (_, at) =>
      at === numbersAtOnce / 2 ? changedSince(longAgo) : isWorker(nobody),
    ),
  );
  const proofs = [
    { condition: within(filter, changedSince(farAhead)), holds: isEmpty },
    { condition: within(filter, everybody), holds: hasTimes },
    // Users whom the source's own filter leaves out must not come by their numbers.
    ...(filter === undefined ? [] : [{ condition: within(changedSince(farAhead), everybody), holds: isEmpty }]),
  ];
  const asking = (condition: string) => {
    const { first, paging } = users(condition, [...attributes, "meta"]);
    return withParameters(createPager(first, paging).first, { count: 1 }, "query");
  };

  return {
    async token(ask) {
      let since: string | undefined;
      for (const { condition, holds } of proofs) {
        const time = await tokenFrom(ask, asking(condition), (document, answer) =>
          holds(document) ? timeBefore(answer) : undefined,
        );
        if (time === undefined) return undefined;
        since ??= time;
      }
      return since;
    },
    since: (token) => ({
      ...users(within(filter, changedSince(token)), ["id", scimAttribute(key)]),
      shape,
      idOf,
    }),
    changedId: (item) => textOf(numberOf(item)) ?? { fault: "A changed user has no employee number that can be read" },
    workers: (numbers) => users(within(filter, anyOf(numbers.map(isWorker))), attributes),
    atOnce: numbersAtOnce,
    wholeEveryMs: fullEveryHours * 3_600_000,
  };
}

/** The condition for users that also fit the filter. */
export function within(filter: string | undefined, condition: string): string {
  return filter === undefined ? condition : `(${filter}) and ${condition}`;
}

function changedSince(time: string): string {
  return `meta.lastModified gt "${time}"`;
}

function anyOf(conditions: readonly string[]): string {
  return `(${conditions.join(" or ")})`;
}

/** As the service writes it: by that it is found again. */
function textOf(number: unknown): string | undefined {
  const text = typeof number === "number" ? String(number) : number;
  return typeof text === "string" && text.trim() !== "" ? text : undefined;
}
