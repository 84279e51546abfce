// The workers of a simulated HR system: invented people with everything that HR knows of them, also what no reader
// should ask for. One seed gives one company.
import { createRandom, type Random } from "../apim/random.ts";

export type HrWorker = {
  /** The system's own id of the record, not what people know. */
  readonly id: string;
  readonly employeeNumber: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly department: string;
  readonly title: string;
  readonly costCenter: string;
  readonly status: "active" | "onLeave" | "ended";
  /** Calendar dates, `YYYY-MM-DD`. */
  readonly startDate: string;
  readonly endDate?: string | undefined;
  /** The manager's employee number. */
  readonly manager?: string | undefined;
  readonly entraObjectId: string;
  readonly timeZone: string;
  /** What a reader has no business with. */
  readonly birthDate: string;
  readonly salary: number;
  readonly homeAddress: string;
};

const givenNames = words(
  "Ada Åsa Bela Chidi Dara Émile Freya Goran Hana Inês Jana Kaito Leila Mateo Noor Søren Tove Zoë",
);
const familyNames = words(
  "Almgren Banerjee Castell Duarte Eriksen Fonseca Grünwald Holm Ito Jovanović Kowal Lopes O'Dell Okafor Quist Rahman",
);
const departments = words("Payments Orders Catalog Shipping Billing Search");
const titles = words("Engineer Analyst Designer Manager");
const streets = words("Birch Cedar Elm Hazel Linden Rowan");
const zones = words("Europe/Stockholm America/Los_Angeles Pacific/Auckland");

function words(text: string): readonly string[] {
  return text.split(" ");
}

/** So many workers; the first is everybody's manager. */
export function inventWorkers(count: number, seed = 1): readonly HrWorker[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => inventWorker(random, index + 1));
}

function inventWorker(random: Random, number: number): HrWorker {
  const givenName = pick(random, givenNames);
  const familyName = pick(random, familyNames);
  const plain = `${givenName}.${familyName}`
    .normalize("NFD")
    .replace(/[^A-Za-z.]/g, "")
    .toLowerCase();
  const status = number % 7 === 0 ? "ended" : number % 11 === 0 ? "onLeave" : "active";
  return {
    id: uuid(random),
    employeeNumber: String(10_000 + number),
    givenName,
    familyName,
    email: `${plain}.${number}@contoso.com`,
    department: pick(random, departments),
    title: pick(random, titles),
    costCenter: `CC${100 + random.below(20)}`,
    status,
    startDate: day(random, 2015, 9),
    ...(status === "ended" ? { endDate: day(random, 2025, 1) } : {}),
    ...(number === 1 ? {} : { manager: "10001" }),
    entraObjectId: uuid(random),
    timeZone: pick(random, zones),
    birthDate: day(random, 1960, 40),
    salary: 30_000 + random.below(90_000),
    homeAddress: `${1 + random.below(99)} ${pick(random, streets)} Street, Springfield`,
  };
}

function pick(random: Random, from: readonly string[]): string {
  return from[random.below(from.length)] ?? "";
}

function day(random: Random, year: number, years: number): string {
  const date = [1 + random.below(12), 1 + random.below(28)].map((part) => String(part).padStart(2, "0"));
  return [year + random.below(years), ...date].join("-");
}

function uuid(random: Random): string {
  const hex = random.bytes(16).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}
