import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { compilePath } from "../../shared/people/json-path.ts";
import { createPager } from "../../shared/people/next-page.ts";
import { mustBe, mustBeAbsent } from "../../shared/people/page-checks.ts";
import { getPage } from "../../shared/people/page-request.ts";
import { type PagedOptions, readPages } from "../../shared/people/paged.ts";

const paging = { kind: "cursor", path: "next", param: "after" } as const;

/** Reads these answers, page after page; gives the facts and all items. */
async function reading(answers: readonly unknown[], more: Partial<PagedOptions> = {}) {
  const items: unknown[] = [];
  let asked = 0;
  const facts = await readPages({
    pager: createPager(getPage(new URL("https://hr.example/people")), paging),
    shape: { itemsOf: compilePath("items") },
    ask: async () => {
      const answer = answers[asked];
      asked += 1;
      if (answer instanceof Error) throw answer;
      const { status = 200, ...body } = Object(answer);
      return { status, headers: () => undefined, text: JSON.stringify(body) };
    },
    onItems: (found) => items.push(...found),
    ...more,
  });
  return { ...facts, items };
}

const pages = [{ items: [{ id: 1 }, { id: 2 }], next: "b" }, { items: [{ id: 3 }] }];

describe("readPages()", () => {
  it("completes the items of each page by further requests", async () => {
    const expand = async (items: readonly unknown[]) => ({
      items: items.map((item) => ({ ...Object(item), more: true })),
      faults: ["One of them is half"],
    });
    const { items, faults } = await reading(pages, { expand });

    expect(items).toEqual([1, 2, 3].map((id) => ({ id, more: true })));
    expect(faults).toEqual(["One of them is half", "One of them is half"]);
  });

  it("drops the items of a page that cannot be completed: half of one would take away what the other half gives", async () => {
    const expand = async (items: readonly unknown[]) => {
      if (items.length === 1) throw new AppError("TIMEOUT", "Too late");
      return { items, faults: [] };
    };
    const { items, faults } = await reading(pages, { expand });

    expect(items).toEqual([{ id: 1 }, { id: 2 }]);
    expect(faults).toEqual(["What belongs to the items of page 2 could not be read (TIMEOUT)"]);
  });

  it("knows an item that comes again by the system's own id, whatever else of it changed", async () => {
    const shifted = [{ items: [{ id: 1, seen: 1 }], next: "b" }, { items: [{ id: 1, seen: 2 }, { id: 2 }] }];
    const { items, faults } = await reading(shifted, { idOf: compilePath("id") });

    expect(items).toEqual([{ id: 1, seen: 1 }, { id: 2 }]);
    expect(faults).toEqual(["Page 2 repeats 1 items of earlier pages: the list shifted while it was read"]);
  });

  it("takes a list of changes as it is: an item may come twice", async () => {
    const twice = [{ items: [{ id: 1 }], next: "b" }, { items: [{ id: 1 }] }];

    expect(await reading(twice, { mayRepeat: true })).toMatchObject({ items: [{ id: 1 }, { id: 1 }], faults: [] });
  });

  it("says what the system means by a refusal", async () => {
    const refusal = (status: number, document: unknown) =>
      status === 400 && compilePath("code")(document) === "expired" ? "is refused: its cursor has expired" : undefined;

    const { faults } = await reading([pages[0], { status: 400, code: "expired" }], { refusal });
    expect(faults).toEqual(["Page 2 is refused: its cursor has expired"]);
    const plain = await reading([pages[0], { status: 400, code: "other" }], { refusal });
    expect(plain.faults).toEqual(["Page 2 answers 400, expected 200"]);
  });

  it("asks each page what else it must be", async () => {
    const checks = [
      mustBe("success", true, "says that it failed"),
      mustBeAbsent("meta.hidden", "leaves out fields that were asked for"),
    ];
    const shape = { itemsOf: compilePath("items"), checks };
    const { faults, pages: read } = await reading(
      [
        { ...pages[0], success: true, meta: { hidden: [] } },
        { ...pages[1], success: false, meta: { hidden: ["a"] } },
      ],
      { shape },
    );

    expect(read).toBe(2);
    expect(faults).toEqual(["Page 2 says that it failed", "Page 2 leaves out fields that were asked for"]);
  });
});
