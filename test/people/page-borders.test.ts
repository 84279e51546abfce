// A list that changes while its pages are read: a read without a fault has everybody who was there all the time.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePath } from "../../shared/people/json-path.ts";
import { createPager } from "../../shared/people/next-page.ts";
import { getPage, type PageRequest } from "../../shared/people/page-request.ts";
import { readPages } from "../../shared/people/paged.ts";
import type { Paging } from "../../shared/people/paging-settings.ts";

/** What a service is asked and how it answers. Its items are numbers, in their order. */
type Service = {
  readonly paging: Paging;
  /** Items of a page at most. */
  readonly size: number;
  /** Whether it says how many there are. */
  readonly counts?: boolean;
  /** Where the page begins that a request asks for. */
  readonly from?: (asked: number, size: number) => number;
  /** The status behind the last item. */
  readonly behind?: number;
  /** Happens before the request with that number, from 0. */
  readonly before?: (request: number, list: number[]) => void;
};

const offset: Paging = { kind: "offset", param: "from", first: 1 };
const page: Paging = { kind: "page", param: "page" };
const link: Paging = { kind: "nextLink", path: "next" };

/** Reads what the service has, with the positions that it was asked for. */
async function reading(start: readonly number[], service: Service) {
  const { paging, size, counts = true, from = (asked) => asked, behind = 200, before } = service;
  const list = [...start];
  const items: unknown[] = [];
  const asked: number[] = [];
  const positionOf = ({ url: { searchParams } }: PageRequest) => {
    const number = searchParams.get("page");
    return number === null ? Number(searchParams.get("from") ?? 1) - 1 : (Number(number) - 1) * size;
  };
  const facts = await readPages({
    pager: createPager(getPage(new URL("https://hr.example/people")), paging),
    shape: { itemsOf: compilePath("items"), totalOf: compilePath("total"), totalOptional: true },
    ask: async (request) => {
      before?.(asked.length, list);
      const position = positionOf(request);
      asked.push(position);
      const begin = from(position, size);
      const found = list.slice(begin, begin + size);
      const next = begin + size < list.length ? `/people?from=${begin + size + 1}` : undefined;
      const body = { items: found, total: counts ? list.length : undefined, next };
      const status = found.length === 0 ? behind : 200;
      return { status, headers: () => undefined, text: status === 204 ? "" : JSON.stringify(body) };
    },
    idOf: (item) => item,
    onItems: (found) => items.push(...found),
  });
  const { expectedRows = items.length, faults } = facts;
  return { items, asked, faults, isWhole: faults.length === 0 && expectedRows === items.length };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => 10 * (index + 1));

/** Before that request the first one goes, and somebody is added at the end. */
function slideBefore(request: number): NonNullable<Service["before"]> {
  return (number, list) => {
    if (number !== request) return;
    list.shift();
    list.push(999);
  };
}

/** The list keeps its order. Who went does not come back. */
function apply(
  { isGone, item }: { readonly isGone: boolean; readonly item: number },
  list: number[],
  gone: Set<number>,
) {
  const place = list.indexOf(item);
  if (isGone) gone.add(item);
  if (isGone && place !== -1) list.splice(place, 1);
  if (!isGone && place === -1 && !gone.has(item)) list.push(item);
  list.sort((one, other) => one - other);
}

const services: Readonly<Record<string, Service>> = {
  "by offset": { paging: offset, size: 3 },
  "by offset, without a total": { paging: offset, size: 3, counts: false },
  "by offset, 204 behind the last one": { paging: offset, size: 3, counts: false, behind: 204 },
  "by offset, one a page": { paging: offset, size: 1 },
  "by offset, one a page, without a total": { paging: offset, size: 1, counts: false },
  "by offset, whole pages only": { paging: offset, size: 3, from: (asked, size) => asked - (asked % size) },
  "by page": { paging: page, size: 3 },
  "by page, without a total": { paging: page, size: 3, counts: false },
  "by page, 204 behind the last one": { paging: page, size: 3, counts: false, behind: 204 },
  "by links that count": { paging: link, size: 3 },
  "by links that count, without a total": { paging: link, size: 3, counts: false },
};

describe("a list in pages that are counted", () => {
  it.each(Object.entries(services))("is whole, each item once, where nothing changes: %s", async (_, service) => {
    for (let count = 0; count <= 10; count += 1) {
      const { items, isWhole, faults } = await reading(upTo(count), service);

      expect(faults).toEqual([]);
      expect({ items, isWhole }).toEqual({ items: upTo(count), isWhole: true });
    }
  });

  it.each(Object.entries(services))(
    "is not whole where somebody slid onto a page that was read: %s",
    async (_, service) => {
      const undisturbed = await reading(upTo(8), service);
      const shifted = [];
      for (let request = 1; request < undisturbed.asked.length; request += 1) {
        const { items, isWhole, faults } = await reading(upTo(8), { ...service, before: slideBefore(request) });
        const missing = upTo(8).filter((item, index) => index > 0 && !items.includes(item));

        expect(isWhole ? missing : []).toEqual([]);
        shifted.push(faults.some((fault) => /the list shifted/i.test(fault)));
      }
      expect(shifted).toContain(true);
    },
  );

  it.each(Object.entries(services))(
    "has everybody who was there all the time whenever it is whole, whatever happens: %s",
    async (_, service) => {
      const change = fc.record({ at: fc.nat(9), isGone: fc.boolean(), item: fc.integer({ min: 0, max: 129 }) });
      await fc.assert(
        fc.asyncProperty(fc.nat(12), fc.array(change, { maxLength: 6 }), async (count, changes) => {
          const gone = new Set<number>();
          const before: Service["before"] = (request, list) => {
            for (const each of changes.filter(({ at }) => at === request)) apply(each, list, gone);
          };
          const { items, isWhole } = await reading(upTo(count), { ...service, before });
          const missing = upTo(count).filter((item) => !gone.has(item) && !items.includes(item));

          expect(isWhole ? missing : []).toEqual([]);
        }),
        { numRuns: 300 },
      );
    },
  );

  it("is not whole where a second reading passes over the same one, because somebody came and went again", async () => {
    const steps: Readonly<Record<number, (list: number[]) => unknown>> = {
      2: (list) => list.shift(),
      5: (list) => list.unshift(0),
      6: (list) => list.shift(),
    };
    const before: Service["before"] = (request, list) => void steps[request]?.(list);
    const { items, faults } = await reading(upTo(9), { paging: page, size: 3, counts: false, before });

    expect(items).not.toContain(70);
    expect(faults).toEqual([
      "The list shifted while it was read: a second reading gave something else (8 items, then 8 with 0 new ones among them)",
    ]);
  });

  it("costs no more requests where the pages overlap than an item less on each further page takes", async () => {
    expect((await reading(upTo(9), { paging: offset, size: 5 })).asked).toEqual([0, 4]);
    expect((await reading(upTo(10), { paging: offset, size: 5 })).asked).toEqual([0, 4, 8]);
    expect((await reading(upTo(5), { paging: offset, size: 5 })).asked).toEqual([0]);
    expect((await reading(upTo(5), { paging: offset, size: 5, counts: false })).asked).toEqual([0, 4, 5]);
  });
});
