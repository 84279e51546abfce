// Lists: filter, page by $top and $skip, count over all pages, and the absolute link to the next page.
import type { Answer } from "./answer.ts";
import { ok } from "./answer.ts";
import type { Call } from "./call.ts";
import { invalidField } from "./errors.ts";
import type { FilterFields } from "./filter.ts";
import { parseFilter } from "./filter.ts";
import type { Sequence } from "./ordered-map.ts";

type Window = { readonly skip: number; readonly top: number };
type Page<T> = { readonly items: readonly T[]; readonly count: number };

/** The answer to a list request: one page, without walking the rest unless there is a filter. */
export function listAnswer<T>(
  call: Call,
  items: Sequence<T>,
  options: { readonly filter: FilterFields<T>; readonly render: (item: T) => unknown },
): Answer {
  const top = numberOf(call, "$top", 1, call.settings.pageSize);
  const skip = numberOf(call, "$skip", 0, 0);
  if (typeof top !== "number") return top;
  if (typeof skip !== "number") return skip;
  const text = call.query.get("$filter");
  if (text === null || text === "") {
    return pageAnswer(call, { skip, top }, { items: items.slice(skip, skip + top), count: items.size }, options.render);
  }
  const filter = parseFilter(text, options.filter);
  if ("problem" in filter) return invalidField("$filter", filter.problem);
  return pageAnswer(call, { skip, top }, filteredPage(items, filter.test, { skip, top }), options.render);
}

function filteredPage<T>(items: Sequence<T>, test: (item: T) => boolean, window: Window): Page<T> {
  const page: T[] = [];
  let count = 0;
  for (const item of items.values()) {
    if (!test(item)) continue;
    if (count >= window.skip && page.length < window.top) page.push(item);
    count += 1;
  }
  return { items: page, count };
}

function pageAnswer<T>(call: Call, window: Window, page: Page<T>, render: (item: T) => unknown): Answer {
  const after = window.skip + window.top;
  return ok(200, {
    value: page.items.map(render),
    count: page.count,
    ...(after < page.count ? { nextLink: nextLink(call, after) } : call.dialect.nullNextLink ? { nextLink: null } : {}),
  });
}

// Absolute, with the port, the query in its old order with an encoded $, and %24skip last.
function nextLink(call: Call, skip: number): string {
  const kept = [...call.query].filter(([name]) => name.toLowerCase() !== "$skip");
  const query = [...kept, ["$skip", String(skip)]].map((pair) =>
    pair.map((part) => encodeURIComponent(part)).join("="),
  );
  return `${call.origin}${call.path}?${query.join("&")}`;
}

function numberOf(call: Call, name: string, least: number, otherwise: number): number | Answer {
  const text = call.query.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (/^-?\d+$/.test(text) && value >= least) return value;
  return invalidField(name, `The query parameter '${name}' must be a number of at least ${least}.`);
}
