// Addresses that several workers claim. Nobody knows whose such an address is, so none of them is given anything.
import { foldAddress } from "./fold.ts";
import type { Person } from "./person.ts";
import type { Claim } from "./remembered-claims.ts";
import type { Standing } from "./standing.ts";
import type { Standings } from "./standings.ts";

/** How many of the others a sentence names. */
const named = 5;

/** Who has left claims no address any more, who has not begun claims none yet. Who is out of the scope does: HR has the
 * address of somebody at work. */
function claims(standing: Standing): boolean {
  return standing.kind === "leaver" ? standing.code !== "leaverStated" : standing.kind !== "notYet";
}

export type AddressClaims = {
  /** All rows of one worker, with what they say together. */
  add(rows: readonly Person[], standing: Standing): void;
  /** The claimed addresses, folded, each with the row that claimed it first. */
  readonly addresses: ReadonlyMap<string, Person>;
  /** Every address with each worker who claims it. */
  all(): Generator<Claim, void, undefined>;
  /** Each address that several claim with its workers, where one of them is within the scope at least. */
  contested(standings: Pick<Standings, "get">): readonly (readonly [address: string, workers: ReadonlySet<string>])[];
};

/** No claims yet. */
export function createAddressClaims(): AddressClaims {
  const first = new Map<string, Person>();
  const contested = new Map<string, Set<string>>();
  return {
    addresses: first,
    add(rows, standing) {
      if (!claims(standing)) return;
      for (const person of rows) {
        if (person.email === undefined || person.email === "") continue;
        const address = foldAddress(person.email);
        const other = first.get(address);
        if (other === undefined) first.set(address, person);
        else if (other.worker !== person.worker) {
          const together = contested.get(address) ?? new Set([other.worker]);
          contested.set(address, together.add(person.worker));
        }
      }
    },
    *all() {
      for (const [address, { worker }] of first) {
        for (const each of contested.get(address) ?? [worker]) yield [address, each];
      }
    },
    contested: (standings) => {
      const isOut = (worker: string): boolean => standings.get(worker)?.kind === "leaver";
      return [...contested].filter(([, together]) => ![...together].every(isOut));
    },
  };
}

/** The sentence about the others who claim the worker's address. */
export function sharedAddressText(worker: string, together: ReadonlySet<string>): string {
  const others = [...together].filter((other) => other !== worker).sort();
  const shown = others.slice(0, named).join(", ");
  const more = others.length > named ? ` and ${others.length - named} more` : "";
  return `The e-mail address is also that of ${shown}${more}`;
}
