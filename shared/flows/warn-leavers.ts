// Before somebody's last day: the manager and the product's owners learn which keys stop, once for each owner and
// product. Writes nothing to API Management.
import { canBeAsked, managerOf } from "../core/approvers.ts";
import { addDays, createCalendar } from "../core/calendar.ts";
import type { Subscription, User } from "../core/directory.ts";
import { asAppError } from "../core/errors.ts";
import { leaverNoteName } from "../core/facts.ts";
import { foldAddress } from "../core/fold.ts";
import type { Person } from "../core/person.ts";
import { leaverNotice } from "../core/request-notices.ts";
import { workerOf } from "../core/requester.ts";
import { isUnsent, readSent } from "../core/webhook-copy.ts";
import { deliver } from "./deliver.ts";
import type { Sweep } from "./sweep-requests.ts";

/** The last day, where it is near and not over. */
function lastDayOf(person: Person, days: number, { target, world }: Sweep): string | undefined {
  const { endDate, timeZone, unreadable } = person;
  if (endDate === undefined || unreadable.includes("endDate")) return undefined;
  const zone = timeZone === undefined || unreadable.includes("timeZone") ? target.policy.defaultTimeZone : timeZone;
  const today = createCalendar(world.clock.now()).today(zone);
  return today <= endDate && endDate <= addDays(today, days) ? endDate : undefined;
}

async function managerAddress(person: Person, { target, world, signal }: Sweep): Promise<readonly string[]> {
  const manager = managerOf(person);
  const known = manager === undefined ? undefined : await world.roster.findWorker(target.name, manager, signal);
  return known !== undefined && canBeAsked(known.entry) ? [known.entry.person.email ?? ""] : [];
}

type Leaver = { readonly user: string; readonly person: Person; readonly lastDay: string };

type NameOf = (product: string) => Promise<string>;

/** Display names of products, each read once. Empty where one cannot be read: a name holds up no warning. */
function productNames({ target, world, signal }: Sweep): NameOf {
  const names = new Map<string, Promise<string>>();
  const read: NameOf = async (product) => {
    try {
      return (await target.apim.getProduct(product, signal))?.displayName ?? "";
    } catch (cause) {
      const { code } = asAppError(cause);
      if (code === "ABORTED") throw cause;
      world.log.warn("leaver.product.unread", { target: target.name, product, code });
      return "";
    }
  };
  return (product) => {
    const name = names.get(product) ?? read(product);
    names.set(product, name);
    return name;
  };
}

async function warn(
  { user, person, lastDay }: Leaver,
  held: readonly Subscription[],
  nameOf: NameOf,
  sweep: Sweep,
): Promise<void> {
  const { target, world, signal } = sweep;
  const product = held[0]?.productId ?? "";
  // The note that it was sent comes after the sending: a sweep that dies sends the same notice again.
  // It says as well where the webhook's copy stands.
  const note = leaverNoteName(target.name, user, product, lastDay);
  const before = readSent((await world.requests.getFacts(note, signal))?.facts);
  if (!isUnsent(before, world.clock.now())) return;
  const to = [...(await managerAddress(person, sweep)), ...target.policy.owners(product)];
  const addresses = [...new Map(to.map((address) => [foldAddress(address), address])).values()];
  const about = { product: await nameOf(product), name: "", person, account: undefined };
  const leaver = { target: target.name, user, product, lastDay, handsOver: target.leaver.handsOver };
  const text = leaverNotice(
    leaver,
    about,
    held.map(({ displayName, id }) => displayName || id),
  );
  const { told, copy, refused } = await deliver({ kind: "leaverKeys", to: addresses, ...text }, before, world, signal);
  const isReached = refused.length < addresses.length;
  const at = world.clock.now();
  if (told && !before.told)
    await world.audit.append(
      {
        at,
        target: target.name,
        action: isReached ? "leaverWarned" : "unreached",
        user,
        product,
        by: "rollcall",
        text: isReached
          ? "Told manager and owners of the product which keys stop with a last day"
          : "Could not tell anybody which keys stop with a last day: there is no address that takes mail",
      },
      signal,
    );
  await world.requests.putFacts(note, { salt: "", facts: { at, told, ...(copy !== undefined && { copy }) } }, signal);
}

/** Those that have a key, by it. */
function groupBy(
  subscriptions: readonly Subscription[],
  keyOf: (subscription: Subscription) => string | undefined,
): ReadonlyMap<string, readonly Subscription[]> {
  const groups = new Map<string, Subscription[]>();
  for (const subscription of subscriptions) {
    const key = keyOf(subscription);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [subscription]);
    else group.push(subscription);
  }
  return groups;
}

async function warnOfOne(
  user: User,
  held: readonly Subscription[],
  { days, nameOf }: { readonly days: number; readonly nameOf: NameOf },
  sweep: Sweep,
): Promise<void> {
  const { target, world, signal } = sweep;
  const worker = workerOf(user, target.owner);
  const known = worker === undefined ? undefined : await world.roster.findWorker(target.name, worker, signal);
  const person = known?.entry.person;
  const lastDay = person === undefined ? undefined : lastDayOf(person, days, sweep);
  if (person === undefined || lastDay === undefined) return;
  for (const list of groupBy(held, ({ productId }) => productId).values())
    await warn({ user: user.id, person, lastDay }, list, nameOf, sweep);
}

/** Warns about everybody whose last day is near. One whose warning fails does not keep the others from theirs. */
export async function warnOfLeavers(sweep: Sweep): Promise<void> {
  const { target, world, signal } = sweep;
  const days = target.leaver.warnDaysBefore;
  if (days === undefined) return;
  const [users, active] = await Promise.all([
    target.apim.listUsers(signal),
    target.apim.listSubscriptions({ state: "active" }, signal),
  ]);
  const nameOf = productNames(sweep);
  const byOwner = groupBy(active, ({ ownerId }) => ownerId);
  for (const user of users) {
    const held = byOwner.get(user.id);
    if (held === undefined) continue;
    try {
      await warnOfOne(user, held, { days, nameOf }, sweep);
    } catch (cause) {
      const { code } = asAppError(cause);
      if (code === "ABORTED") throw cause;
      world.log.warn("leaver.unwarned", { target: target.name, user: user.id, code });
    }
  }
}
