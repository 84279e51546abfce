// API Management as a value, for properties: carries changes out the way the service would and refuses those that the
// service, or the rules of ownership, would not allow. A second reading of the rules, independent of the planner.
import type { Change } from "../../shared/core/change.ts";
import type { Directory, Group, Subscription, User } from "../../shared/core/directory.ts";
import { parseMark, writeMark } from "../../shared/core/mark.ts";
import { workerParts } from "../../shared/core/person.ts";

export type Model = {
  readonly owner: string;
  readonly directory: Directory;
  readonly subscriptions: readonly Subscription[];
  readonly links: ReadonlyMap<string, string>;
  readonly suspended: ReadonlySet<string>;
};

type State = {
  readonly owner: string;
  /** ISO instant of the writes. */
  readonly at: string;
  readonly users: Map<string, User>;
  readonly groups: Map<string, Group>;
  readonly products: Map<string, Directory["products"][number]>;
  readonly subscriptions: Map<string, Subscription>;
  readonly links: Map<string, string>;
  readonly suspended: Set<string>;
};

const fold = (text: string): string => text.toLowerCase();

function demand(holds: boolean, change: Change, why: string): void {
  if (!holds) throw new Error(`Impossible change ${change.kind} ${change.key}: ${why}`);
}

function byId<T extends { readonly id: string }>(things: readonly T[]): Map<string, T> {
  return new Map(things.map((thing) => [fold(thing.id), thing]));
}

function known<T>(things: ReadonlyMap<string, T>, id: string, change: Change): T {
  const thing = things.get(fold(id));
  if (thing === undefined) throw new Error(`Impossible change ${change.kind} ${change.key}: "${id}" does not exist`);
  return thing;
}

/** The worker of an account's own mark, and whether it says that we blocked it. */
function markOf(
  note: string,
  owner: string,
): { readonly worker: string; readonly blocked: boolean } | "none" | "foreign" {
  const mark = parseMark(note);
  if (mark.kind === "none") return "none";
  if (mark.kind === "malformed" || mark.fields.owner !== owner) return "foreign";
  const { space = "", key = "", blocked } = mark.fields;
  return { worker: `${encodeURIComponent(space)}/${encodeURIComponent(key)}`, blocked: blocked !== undefined };
}

function ownedNote(state: State, note: string, worker: string, blocked?: string): string {
  const { numberSpace, employeeNumber } = workerParts(worker);
  const mark = { owner: state.owner, space: numberSpace, key: employeeNumber };
  return writeMark(note, blocked === undefined ? mark : { ...mark, blocked });
}

function demandFreeAddress(state: State, change: Change, email: string, id: string): void {
  for (const user of state.users.values()) {
    if (fold(user.id) === fold(id)) continue;
    const texts = [user.email, ...user.identities.map((identity) => identity.id)].map(fold);
    demand(!texts.includes(fold(email)), change, "the address is in use by another account");
  }
}

function demandOurs(
  state: State,
  change: Change,
  user: User,
  worker: string | undefined,
): { readonly blocked: boolean } {
  const mark = markOf(user.note, state.owner);
  if (typeof mark === "string") throw new Error(`Impossible change ${change.kind} ${change.key}: the mark is ${mark}`);
  demand(worker === undefined || mark.worker === worker, change, "the mark is another worker's");
  return mark;
}

function putUser(state: State, user: User): void {
  state.users.set(fold(user.id), user);
}

type ChangeOf<Kind extends Change["kind"]> = Extract<Change, { kind: Kind }>;

function createUser(state: State, change: ChangeOf<"createUser">): void {
  const { worker, firstName, lastName, email } = change.after;
  demand(!state.users.has(fold(change.key)), change, "the id exists already");
  demandFreeAddress(state, change, email, change.key);
  const note = ownedNote(state, "", worker);
  const identities = [{ provider: "Basic", id: email }];
  putUser(state, {
    id: change.key,
    firstName,
    lastName,
    email,
    state: "active",
    note,
    identities,
    groups: ["developers"],
  });
  state.links.set(worker, change.key);
}

function adoptUser(state: State, change: ChangeOf<"adoptUser">, user: User): void {
  demand(markOf(user.note, state.owner) === "none", change, "the account carries a mark");
  demand(user.state === "active" && change.before.state === "active", change, "the account is not active");
  demand(user.email === change.before.email && user.firstName === change.before.firstName, change, "other values");
  putUser(state, { ...user, note: ownedNote(state, user.note, change.after.worker) });
  state.links.set(change.after.worker, user.id);
}

function updateUser(state: State, change: ChangeOf<"updateUser">, user: User): void {
  const { worker = "" } = change.reason;
  const { blocked } = demandOurs(state, change, user, worker);
  for (const field of ["firstName", "lastName", "email"] as const) {
    const before = change.before[field];
    demand(before === undefined || before === user[field], change, `${field} is not as planned`);
  }
  const { email } = change.after;
  if (email !== undefined) demandFreeAddress(state, change, email, user.id);
  const identities = user.identities.map((one) =>
    one.provider === "Basic" && email !== undefined ? { ...one, id: email } : one,
  );
  const note = blocked && user.state === "active" ? ownedNote(state, user.note, worker) : user.note;
  putUser(state, { ...user, ...change.after, identities, note });
}

function blockUser(state: State, change: ChangeOf<"blockUser">, user: User): void {
  const { worker } = change.after;
  demand(user.state === "active" && change.before.state === "active", change, "the account is not active");
  const mark = markOf(user.note, state.owner);
  const asPlanned = change.before.marked ? typeof mark === "object" && mark.worker === worker : mark === "none";
  demand(asPlanned, change, "the mark is not as planned");
  putUser(state, { ...user, state: "blocked", note: ownedNote(state, user.note, worker, state.at) });
}

function demandBlockedByUs(state: State, change: Change, user: User): string {
  const { worker = "" } = change.reason;
  demand(user.state === "blocked", change, "the account is not blocked");
  demand(demandOurs(state, change, user, worker).blocked, change, "somebody else blocked it");
  return worker;
}

function applyToUser(state: State, change: Change): void {
  if (change.kind === "createUser") {
    createUser(state, change);
    return;
  }
  const user = known(state.users, change.key, change);
  if (change.kind === "adoptUser") adoptUser(state, change, user);
  else if (change.kind === "updateUser") updateUser(state, change, user);
  else if (change.kind === "blockUser") blockUser(state, change, user);
  else if (change.kind === "unblockUser") {
    const worker = demandBlockedByUs(state, change, user);
    putUser(state, { ...user, state: "active", note: ownedNote(state, user.note, worker) });
  } else {
    state.links.delete(demandBlockedByUs(state, change, user));
    state.users.delete(fold(user.id));
    for (const { id, ownerId } of state.subscriptions.values()) {
      if (ownerId === user.id) state.subscriptions.delete(fold(id));
    }
  }
}

function manageable(state: State, change: Change, id: string): Group {
  const group = known(state.groups, id, change);
  demand(!group.builtIn && group.type === "custom", change, "the group is not a custom one");
  return group;
}

function ourGroup(state: State, change: Change, id: string): Group {
  const group = manageable(state, change, id);
  demand(typeof markOf(group.description, state.owner) === "object", change, "the group is not ours");
  return group;
}

function applyToGroup(state: State, change: Change): void {
  const description = writeMark("", { owner: state.owner });
  if (change.kind === "createGroup") {
    demand(!state.groups.has(fold(change.key)), change, "the group exists already");
    const { displayName } = change.after;
    state.groups.set(fold(change.key), { id: change.key, displayName, description, builtIn: false, type: "custom" });
  } else if (change.kind === "adoptGroup") {
    const group = manageable(state, change, change.key);
    demand(markOf(group.description, state.owner) === "none", change, "the group carries a mark");
    const marked = writeMark(group.description, { owner: state.owner });
    state.groups.set(fold(change.key), { ...group, displayName: change.after.displayName, description: marked });
  } else if (change.kind === "updateGroup") {
    const group = ourGroup(state, change, change.key);
    demand(group.displayName === change.before.displayName, change, "the name is not as planned");
    state.groups.set(fold(change.key), { ...group, displayName: change.after.displayName });
  } else {
    const group = ourGroup(state, change, change.key);
    state.groups.delete(fold(group.id));
    for (const user of state.users.values())
      putUser(state, { ...user, groups: user.groups.filter((id) => fold(id) !== fold(group.id)) });
  }
}

function applyToMember(state: State, change: Extract<Change, { kind: "addMember" | "removeMember" }>): void {
  const pair = change.kind === "addMember" ? change.after : change.before;
  const group = ourGroup(state, change, pair.group);
  const user = known(state.users, pair.user, change);
  demandOurs(state, change, user, change.reason.worker);
  const is = user.groups.some((id) => fold(id) === fold(group.id));
  demand(is === (change.kind === "removeMember"), change, is ? "is a member already" : "is no member");
  const others = user.groups.filter((id) => fold(id) !== fold(group.id));
  if (change.kind === "addMember") demand(user.state === "active", change, "the account is not active");
  putUser(state, { ...user, groups: is ? others : [...others, group.id] });
}

function applyToLink(state: State, change: Extract<Change, { kind: "addProductLink" | "removeProductLink" }>): void {
  const pair = change.kind === "addProductLink" ? change.after : change.before;
  const group = ourGroup(state, change, pair.group);
  const product = known(state.products, pair.product, change);
  const others = product.groups.filter((id) => fold(id) !== fold(group.id));
  const is = others.length < product.groups.length;
  demand(is === (change.kind === "removeProductLink"), change, is ? "is linked already" : "is not linked");
  state.products.set(fold(product.id), { ...product, groups: is ? others : [...others, group.id] });
}

type SubscriptionChange = Extract<
  Change,
  { kind: "suspendSubscription" | "resumeSubscription" | "transferSubscription" }
>;

function applyToSubscription(state: State, change: SubscriptionChange): void {
  const subscription = known(state.subscriptions, change.key, change);
  demand(subscription.ownerId === change.before.ownerId, change, "it has another owner");
  const put = (fields: Partial<Subscription>): void => {
    state.subscriptions.set(fold(change.key), { ...subscription, ...fields });
  };
  if (change.kind === "transferSubscription") {
    demand(known(state.users, change.after.ownerId, change).state === "active", change, "the new owner is not active");
    const mark = { owner: state.owner, key: change.before.ownerId, transferred: state.at };
    put({ ownerId: change.after.ownerId, stateComment: writeMark(subscription.stateComment, mark) });
  } else if (change.kind === "suspendSubscription") {
    demand(subscription.state === "active", change, "it is not active");
    const mark = { owner: state.owner, key: change.before.ownerId, blocked: state.at };
    put({ state: "suspended", stateComment: writeMark(subscription.stateComment, mark) });
    state.suspended.add(change.key);
  } else {
    const mark = parseMark(subscription.stateComment);
    const byUs = mark.kind === "mark" && mark.fields.owner === state.owner && mark.fields.blocked !== undefined;
    demand(
      subscription.state === "suspended" && byUs && state.suspended.has(change.key),
      change,
      "we did not suspend it",
    );
    demand(known(state.users, change.before.ownerId, change).state === "active", change, "its owner is not active");
    put({ state: "active", stateComment: writeMark(subscription.stateComment, { owner: state.owner }) });
    state.suspended.delete(change.key);
  }
}

function applyOne(state: State, change: Change): void {
  switch (change.kind) {
    case "createUser":
    case "adoptUser":
    case "updateUser":
    case "blockUser":
    case "unblockUser":
    case "deleteUser":
      applyToUser(state, change);
      break;
    case "createGroup":
    case "adoptGroup":
    case "updateGroup":
    case "deleteGroup":
      applyToGroup(state, change);
      break;
    case "addMember":
    case "removeMember":
      applyToMember(state, change);
      break;
    case "addProductLink":
    case "removeProductLink":
      applyToLink(state, change);
      break;
    case "suspendSubscription":
    case "resumeSubscription":
    case "transferSubscription":
      applyToSubscription(state, change);
      break;
  }
}

/** The service after these changes, one after the other. Throws for a change that is impossible where it stands. */
export function applyToModel(model: Model, changes: readonly Change[], at: string): Model {
  const state: State = {
    owner: model.owner,
    at,
    users: byId(model.directory.users),
    groups: byId(model.directory.groups),
    products: byId(model.directory.products),
    subscriptions: byId(model.subscriptions),
    links: new Map(model.links),
    suspended: new Set(model.suspended),
  };
  for (const change of changes) applyOne(state, change);
  const { users, groups, products } = state;
  return {
    owner: model.owner,
    directory: { users: [...users.values()], groups: [...groups.values()], products: [...products.values()] },
    subscriptions: [...state.subscriptions.values()],
    links: state.links,
    suspended: state.suspended,
  };
}
