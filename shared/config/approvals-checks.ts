// What must be right between the parts of `approvals`: names that stand once, people who can be asked, fields that HR gives,
// cases that name a product's own rules. Looks at the file as it was written, like `rules-checks.ts`.
import { z } from "zod";
import { foldId } from "../core/fold.ts";
import type { Finding } from "./schema-reasons.ts";

type Path = readonly PropertyKey[];

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const texts = z.array(z.unknown()).catch([]);

const askShape = z.object({ approvers: texts, escalateTo: texts }).optional().catch(undefined);
const termsShape = z.object({
  product: text,
  targets: z.array(z.unknown()).optional().catch(undefined),
  owners: texts,
  rules: z.array(z.object({ name: text }).catch({ name: undefined })).catch([]),
  ask: askShape,
  accessForDays: number,
  warnDays: number,
});
type Terms = z.output<typeof termsShape>;
const noTerms: Terms = {
  product: undefined,
  targets: undefined,
  owners: [],
  rules: [],
  ask: undefined,
  accessForDays: undefined,
  warnDays: undefined,
};

const looseApprovals = z
  .object({
    targets: z.array(z.object({ name: text }).catch({ name: undefined })).catch([]),
    sources: z
      .array(
        z
          .object({
            columns: z.record(z.string(), z.unknown()).catch({}),
            map: z.record(z.string(), z.unknown()).catch({}),
          })
          .catch({ columns: {}, map: {} }),
      )
      .catch([]),
    approvals: z
      .object({
        products: z.array(termsShape.catch(noTerms)).catch([]),
        default: termsShape.catch(noTerms),
        review: z.object({ whenChanged: texts }).catch({ whenChanged: [] }),
        tests: z.array(z.object({ name: text, target: text, product: text, rule: text }).catch({})).catch([]),
      })
      .optional()
      .catch(undefined),
  })
  .catch({ targets: [], sources: [], approvals: undefined });

type Loose = NonNullable<z.output<typeof looseApprovals>["approvals"]>;

/** The second and later ones of a text. */
function repeated(items: readonly { readonly text: string | undefined; readonly path: Path }[], reason: string) {
  const seen = new Set<string>();
  return items.flatMap(({ text: name, path }): readonly Finding[] => {
    if (name === undefined) return [];
    const folded = foldId(name);
    if (seen.has(folded)) return [{ path, reason }];
    seen.add(folded);
    return [];
  });
}

/** The terms of each product and of the rest, with their place. */
function allTerms(approvals: Loose): readonly { readonly terms: Terms; readonly path: Path }[] {
  return [
    ...approvals.products.map((terms, index) => ({ terms, path: ["approvals", "products", index] })),
    { terms: approvals.default, path: ["approvals", "default"] },
  ];
}

function ruleNames(terms: Terms, path: Path): readonly Finding[] {
  const named = terms.rules.map(({ name }, index) => ({ text: name, path: [...path, "rules", index, "name"] }));
  return repeated(named, "another rule of this product has this name already");
}

function asks(list: readonly unknown[] | undefined, who: string): boolean {
  return list?.includes(who) === true;
}

/** Asking owners where there are none. A product takes its terms from `default` where it has none of its own. */
function ownersMissing(terms: Terms, path: Path, general: Terms): readonly Finding[] {
  const used = terms.ask ?? general.ask;
  if (terms.owners.length > 0 || !(asks(used?.approvers, "owners") || asks(used?.escalateTo, "owners"))) return [];
  const place = terms.ask === undefined ? path : [...path, "ask"];
  const where = terms.ask === undefined ? " (by the ask of default)" : "";
  return [{ path: place, reason: `the owners are asked${where}, expected owners with at least one address` }];
}

function managerMissing(terms: Terms, path: Path, mapped: ReadonlySet<string>): readonly Finding[] {
  if (mapped.has("manager")) return [];
  return (["approvers", "escalateTo"] as const).flatMap((list) => {
    const index = terms.ask?.[list].indexOf("manager") ?? -1;
    const reason = "no source maps manager, so HR names none: map it or leave it out";
    return index === -1 ? [] : [{ path: [...path, "ask", list, index], reason }];
  });
}

/** A warning before the access has begun. */
function warnTooEarly(terms: Terms, path: Path, general: Terms): readonly Finding[] {
  const days = terms.accessForDays ?? general.accessForDays;
  const warnDays = terms.warnDays ?? general.warnDays ?? 14;
  if (days === undefined || warnDays < days) return [];
  const key = terms.warnDays === undefined ? "accessForDays" : "warnDays";
  const place = terms[key] === undefined ? path : [...path, key];
  return [
    {
      path: place,
      reason: `the warning comes ${warnDays} days before the end of ${days} days of access, expected fewer`,
    },
  ];
}

/** The product's entry at the target: its own one there goes before the one that counts everywhere. */
function entryAt(products: readonly Terms[], product: string, target: string | undefined): Terms | undefined {
  const theirs = products.filter((each) => each.product !== undefined && foldId(each.product) === foldId(product));
  const own = theirs.find(({ targets }) => target !== undefined && targets?.includes(target));
  return own ?? theirs.find(({ targets }) => targets === undefined);
}

function testFindings({ tests, products, default: general }: Loose): readonly Finding[] {
  return tests.flatMap(({ target, product, rule }, index): readonly Finding[] => {
    if (product === undefined || rule === undefined || rule === "default") return [];
    const terms = entryAt(products, product, target);
    if ((terms ?? general).rules.some(({ name }) => name === rule)) return [];
    const where = terms === undefined ? "default" : "the product";
    return [{ path: ["approvals", "tests", index, "rule"], reason: `${where} has no rule of this name` }];
  });
}

function reviewFindings({ review }: Loose, mapped: ReadonlySet<string>): readonly Finding[] {
  return review.whenChanged.flatMap((field, index) =>
    typeof field !== "string" || mapped.has(field)
      ? []
      : [
          {
            path: ["approvals", "review", "whenChanged", index],
            reason: "no source maps this field, so it never changes",
          },
        ],
  );
}

/** Names of targets that the file does not have. */
function targetsMissing({ products, tests }: Loose, known: ReadonlySet<unknown>): readonly Finding[] {
  const reason = "no target has this name";
  return [
    ...products.flatMap(({ targets = [] }, index) =>
      targets.flatMap((name, place) =>
        known.has(name) ? [] : [{ path: ["approvals", "products", index, "targets", place], reason }],
      ),
    ),
    ...tests.flatMap(({ target }, index) =>
      target === undefined || known.has(target) ? [] : [{ path: ["approvals", "tests", index, "target"], reason }],
    ),
  ];
}

/** Entries for a product that count at the same target. */
function repeatedProducts({ products }: Loose): readonly Finding[] {
  const places = products.flatMap(({ product, targets }, index) => {
    const path = ["approvals", "products", index, "product"];
    // No name of a target has a line break.
    const keys = targets === undefined ? [""] : targets.map((target) => `\n${String(target)}`);
    return product === undefined ? [] : keys.map((key) => ({ text: `${product}${key}`, path }));
  });
  return repeated(places, "this product has an entry already");
}

/** Everything that is wrong between the parts of `approvals`; the value is the file's, whatever it is. */
export function approvalsFindings(value: unknown): readonly Finding[] {
  const { approvals, sources, targets } = looseApprovals.parse(value);
  if (approvals === undefined) return [];
  const mapped = new Set(sources.flatMap(({ columns, map }) => [...Object.keys(columns), ...Object.keys(map)]));
  const tests = approvals.tests.map(({ name }, index) => ({ text: name, path: ["approvals", "tests", index, "name"] }));
  return [
    ...repeatedProducts(approvals),
    ...targetsMissing(approvals, new Set(targets.map(({ name }) => name))),
    ...repeated(tests, "another test has this name already"),
    ...allTerms(approvals).flatMap(({ terms, path }) => [
      ...ruleNames(terms, path),
      ...ownersMissing(terms, path, approvals.default),
      ...managerMissing(terms, path, mapped),
      ...warnTooEarly(terms, path, approvals.default),
    ]),
    ...testFindings(approvals),
    ...reviewFindings(approvals, mapped),
  ];
}
