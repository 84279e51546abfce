// Invented developers and teams for a simulator with many users: made-up words, reserved domains, one seed.
import type { Random } from "./random.ts";
import type { GroupFields, UserFields } from "./records.ts";

const firstNames = words(
  "Ada Åsa Bela Bram Cara Chidi Dara Dilan Elif Émile Farid Freya Gita Goran Hana Hugo Ines Ivo Jana Jorge Kaito Klara Lars Leila Mai Mateo Nadia Noor Ole Oriol Pia Pavel Rosa Ravi Sanne Søren Tariq Tove Uma Viktor Wanda Yusuf Zara Zoë",
);
const lastNames = words(
  "Abbott Almgren Banerjee Bergström Castell Cho Dahl Duarte Eriksen Esposito Faber Fonseca Gallo Grünwald Hakimi Holm Ibsen Ito Jansen Jovanović Kaya Kowal Lindqvist Lopes Marek Moreau Nakata Nyberg O'Dell Okafor Pereira Pohl Quist Rahman Rossi Sato Silva Tanaka Thorsen Ueda Varga Weiss Xu Yilmaz Zeman",
);
const areas = words("Payments Orders Catalog Shipping Billing Search Identity Pricing Returns Loyalty Risk Insights");
const teams = words("Team Partners Operations Platform Mobile Integrations");
const domains = ["contoso.com", "example.com"];

// Instants of the invented world are fixed, so that a seed gives the same pages on every day.
const firstRegistration = Date.UTC(2023, 0, 9, 8, 30, 0, 120);

function words(text: string): readonly string[] {
  return text.split(" ");
}

function pick(random: Random, words: readonly string[]): string {
  return words[random.below(words.length)] ?? "";
}

/** The user with this number. Ids are 24 hexadecimal digits, as the portal gives them. */
export function inventUser(random: Random, number: number): UserFields {
  const firstName = pick(random, firstNames);
  const lastName = pick(random, lastNames);
  const plain = `${firstName}.${lastName}`
    .normalize("NFD")
    .replace(/[^A-Za-z.]/g, "")
    .toLowerCase();
  const email = `${plain}.${number}@${pick(random, domains)}`;
  const lot = random.next();
  return {
    id: number.toString(16).padStart(6, "0") + random.bytes(9).toString("hex"),
    firstName,
    lastName,
    email,
    state: lot < 0.96 ? "active" : lot < 0.985 ? "blocked" : "pending",
    registrationDate: firstRegistration + number * 61_337,
    note: null,
    identities: [{ provider: random.next() < 0.5 ? "Aad" : "Basic", id: email }],
  };
}

/** The group with this number. */
export function inventGroup(random: Random, number: number): GroupFields {
  const displayName = `${pick(random, areas)} ${pick(random, teams)} ${number}`;
  return {
    id: displayName.toLowerCase().replaceAll(" ", "-"),
    displayName,
    description: null,
    builtIn: false,
    type: "custom",
    externalId: null,
  };
}
