// The employment of each person of Personio's version 2, with the names of department and team: one request for each
// person, and one for each department or team of a read.
// https://developer.personio.de/reference/get_v2-persons-person-id-employments and getorgunit
import { AppError } from "../core/errors.ts";
import { inChunks } from "./changes.ts";
import { parseJson } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import { createPager } from "./next-page.ts";
import { getPage, withParameters } from "./page-request.ts";
import { type Ask, type Expand, readPages } from "./paged.ts";

export type EmploymentAddresses = {
  readonly employmentsOf: (personId: string) => URL;
  readonly unit: (id: string) => URL;
  /** The columns that the rules read: what else is needed is not asked for. */
  readonly inputs: readonly string[];
};

export type Employments = {
  readonly expand: Expand;
  /** Names of departments and teams may have changed. */
  forget(): void;
};

type Employment = Readonly<Record<string, unknown>>;
type Names = Map<string, Promise<string | undefined>>;

const requestsAtOnce = 4;
const idOf = compilePath("id");
const statusOf = compilePath("status");
const startOf = compilePath("employment_start_date");
const unitsOf = compilePath("org_units");
const typeOf = compilePath("type");
const nameOf = compilePath("name");

export function createEmployments({ employmentsOf, unit, inputs }: EmploymentAddresses): Employments {
  const types = ["department", "team"].filter((type) => inputs.includes(`employment.${type}`));
  let names: Names = new Map();

  const unitName = (id: string, type: string, ask: Ask): Promise<string | undefined> => {
    const key = `${type} ${id}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const found = askName(ask, unit(id), type);
    names.set(key, found);
    return found;
  };

  /** The name of the unit, null where the person is in none of that type, undefined where it cannot be read. */
  async function unitOf(employment: Employment, type: string, ask: Ask): Promise<string | null | undefined> {
    const units = unitsOf(employment);
    const id = Array.isArray(units) ? idOf(units.find((each) => typeOf(each) === type)) : undefined;
    return id === undefined ? null : unitName(String(id), type, ask);
  }

  async function withEmployment(person: unknown, ask: Ask): Promise<unknown> {
    const id = idOf(person);
    if (typeof id !== "string" || id === "") return person;
    const list = await readEmployments(ask, employmentsOf(id));
    if (list === undefined) return undefined;
    const employment = presentOf(list);
    if (employment === undefined) return { ...Object(person), employment: null };
    const units = await Promise.all(types.map(async (type) => [type, await unitOf(employment, type, ask)] as const));
    if (units.some(([, name]) => name === undefined)) return undefined;
    return { ...Object(person), employment: { ...employment, ...Object.fromEntries(units) } };
  }

  return {
    async expand(persons, ask) {
      const whole: unknown[] = [];
      for (const chunk of inChunks(persons, requestsAtOnce))
        whole.push(...(await Promise.all(chunk.map((person) => withEmployment(person, ask)))));
      const items = whole.filter((item) => item !== undefined);
      const lost = whole.length - items.length;
      const fault = `The employment, or what belongs to it, of ${lost} persons could not be read; check the rights of the API credentials`;
      return { items, faults: lost === 0 ? [] : [fault] };
    },
    forget() {
      names = new Map();
    },
  };
}

/** Undefined when not all of them could be read. */
async function readEmployments(ask: Ask, url: URL): Promise<readonly Employment[] | undefined> {
  const list: Employment[] = [];
  try {
    const { faults } = await readPages({
      pager: createPager(withParameters(getPage(url), { limit: 50 }, "query"), {
        kind: "nextLink",
        path: "_meta.links.next.href",
      }),
      shape: { itemsOf: compilePath("_data") },
      ask,
      onItems: (items) => list.push(...items.map((item): Employment => ({ ...Object(item) }))),
    });
    return faults.length === 0 ? list : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "SOURCE_UNAVAILABLE") return undefined;
    throw error;
  }
}

async function askName(ask: Ask, url: URL, type: string): Promise<string | undefined> {
  const answer = await ask(withParameters(getPage(url), { type }, "query"));
  const parsed = answer.status === 200 ? parseJson(answer.text) : undefined;
  const name = parsed?.ok === true ? nameOf(parsed.document) : undefined;
  return typeof name === "string" ? name : undefined;
}

const order: readonly unknown[] = ["ACTIVE", "LEAVE", "ONBOARDING"];

/** Who works here again has an old employment beside the present one: one that goes on comes first, then the latest. */
function presentOf(list: readonly Employment[]): Employment | undefined {
  const rank = (employment: Employment) => {
    const place = order.indexOf(statusOf(employment));
    return place === -1 ? order.length : place;
  };
  const start = (employment: Employment) => String(startOf(employment) ?? "");
  return [...list].sort((one, other) => rank(one) - rank(other) || (start(one) < start(other) ? 1 : -1))[0];
}
