// Addresses that several workers claim. Nobody knows whose such an address is, so none of them is given anything.
import { foldAddress } from "./fold.ts";
import type { Person } from "./person.ts";
import type { Standing } from "./standing.ts";

/** A worker with its rows and its standing. */
export type Claimant = { readonly worker: string; readonly rows: readonly Person[]; readonly standing: Standing };

/** How many of the others a sentence names. */
const named = 5;

/** Who has left claims no address any more, who has not begun claims none yet. Who is out of the scope does: HR has the
 * address of somebody at work. */
function claims({ standing }: Claimant): boolean {
  return standing.kind === "leaver" ? standing.code !== "leaverStated" : standing.kind !== "notYet";
}

export type AddressClaims = {
  add(claimant: Claimant): void;
  /** The claimed addresses, folded. */
  readonly addresses: ReadonlyMap<string, Claimant>;
  /** The claimants of each address that several claim, where one of them is within the scope at least. */
  contested(): readonly ReadonlyMap<string, Claimant>[];
};

/** No claims yet. */
export function createAddressClaims(): AddressClaims {
  const first = new Map<string, Claimant>();
  const contested = new Map<string, Map<string, Claimant>>();
  return {
    addresses: first,
    add(claimant) {
      if (!claims(claimant)) return;
      for (const { email = "" } of claimant.rows) {
        if (email === "") continue;
        const address = foldAddress(email);
        const other = first.get(address);
        if (other === undefined) first.set(address, claimant);
        else if (other.worker !== claimant.worker) {
          const together = contested.get(address) ?? new Map([[other.worker, other]]);
          contested.set(address, together.set(claimant.worker, claimant));
        }
      }
    },
    contested: () =>
      [...contested.values()].filter((together) =>
        [...together.values()].some(({ standing }) => standing.kind !== "leaver"),
      ),
  };
}

/** The sentence about the others who claim the worker's address. */
export function sharedAddressText(worker: string, together: ReadonlyMap<string, Claimant>): string {
  const others = [...together.keys()].filter((other) => other !== worker).sort();
  const shown = others.slice(0, named).join(", ");
  const more = others.length > named ? ` and ${others.length - named} more` : "";
  return `The e-mail address is also that of ${shown}${more}`;
}
