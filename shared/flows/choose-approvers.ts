// Whom to ask about a request: the rules' lists against what HR and the service say of the people now. Who is not at work
// is passed by.
import { type Candidate, canBeAsked, chooseApprovers as candidates, managerOf } from "../core/approvers.ts";
import type { ApproverSpec } from "../core/decision.ts";
import type { Person } from "../core/person.ts";
import type { Look } from "./look.ts";
import type { GatheredFacts } from "./request-facts.ts";

const highestManager = 5;

/** The first one above the requester who is at work and whose account is not blocked. */
async function activeManager(requester: Person, { target, world, signal }: Look): Promise<Person | undefined> {
  const passed = new Set([requester.worker]);
  let person = requester;
  for (let level = 0; level < highestManager; level += 1) {
    const worker = managerOf(person);
    const known =
      worker === undefined || passed.has(worker)
        ? undefined
        : await world.roster.findWorker(target.name, worker, signal);
    if (known === undefined) return undefined;
    person = known.entry.person;
    passed.add(person.worker);
    if (!canBeAsked(known.entry)) continue;
    const { userId } = known.entry;
    const user = userId === undefined ? undefined : await target.apim.getUser(userId, signal);
    if (user?.value.state !== "blocked") return person;
  }
  return undefined;
}

/** Who of these has left, as HR last said. */
async function leavers(addresses: readonly string[], { target, world, signal }: Look): Promise<readonly string[]> {
  const found = await Promise.all(addresses.map((address) => world.roster.findAddress(target.name, address, signal)));
  return addresses.filter((_, index) => found[index]?.entry.standing === "leaver");
}

function addressesIn(specs: readonly ApproverSpec[], owners: readonly string[]): readonly string[] {
  return specs.flatMap((spec) => {
    if (spec.kind === "address") return [spec.address];
    return spec.kind === "owners" ? owners : [];
  });
}

/** The people of the first list that has any who are at work. `except`: addresses that have been asked already.
 * @throws STORE_UNAVAILABLE, APIM_* */
export async function chooseApprovers(
  lists: readonly (readonly ApproverSpec[])[],
  gathered: GatheredFacts,
  except: readonly string[],
  look: Look,
): Promise<readonly Candidate[]> {
  const { user, known, worker, facts } = gathered;
  const person = known?.entry.person;
  const asksManager = lists.flat().some(({ kind }) => kind === "manager");
  const identities = (user?.identities ?? []).map(({ id }) => id);
  const addresses = [person?.email, user?.email, ...identities].flatMap((address) => address ?? []);
  const manager = asksManager && person !== undefined ? await activeManager(person, look) : undefined;
  const { owners } = facts.product;
  const left = await leavers(addressesIn(lists.flat(), owners), look);
  return candidates(lists, { manager, owners, requester: { worker, addresses } }, [...except, ...left]);
}
