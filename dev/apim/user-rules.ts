// What is true of every user however it is made: fields, one address for one user, and a place in developers.
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import type { Detail } from "./errors.ts";
import { invalid, invalidField } from "./errors.ts";
import type { Fields, TextRule } from "./json-fields.ts";
import { checkTexts, isFields, memberOf, nullableTextOf, textOf } from "./json-fields.ts";
import type { Identity, UserFields, UserRecord } from "./records.ts";
import { userStates } from "./records.ts";
import type { Store } from "./store.ts";

const rules: Readonly<Record<string, TextRule>> = {
  email: { required: true, min: 1, max: 254 },
  firstName: { required: true, min: 1, max: 100 },
  lastName: { required: true, min: 1, max: 100 },
  state: { oneOf: userStates },
  confirmation: { oneOf: ["signup", "invite"] },
};

/** What is wrong with the body, if anything. `id` is the user that is written. */
export function refuseUser(call: Call, id: string, fields: Fields, partial: boolean): Answer | undefined {
  const problems: Detail[] = checkTexts(fields, rules, partial);
  const email = textOf(fields, "email");
  if (email !== undefined && email !== "" && !/^[^@\s]+@[^@\s]+$/.test(email)) {
    problems.push({ code: "ValidationError", target: "email", message: "Email address is not valid." });
  }
  if (problems.length > 0) return invalid(problems);
  return refuseEmail(call.store, id, email) ?? refuseIdentities(call, fields);
}

function refuseEmail(store: Store, id: string, email: string | undefined): Answer | undefined {
  const holder = email === undefined ? undefined : store.userIdByEmail(email);
  if (holder === undefined || holder === id) return undefined;
  return invalidField("email", "User with specified identity already exists", "IdentifierAlreadyInUse");
}

function refuseIdentities(call: Call, fields: Fields): Answer | undefined {
  const foreign = identitiesOf(fields).findIndex((identity) => identity.provider !== "Basic");
  if (foreign < 0 || call.settings.foreignIdentities) return undefined;
  return invalidField(`identities[${foreign}].provider`, "The specified condition was not met for 'provider'.");
}

function identitiesOf(fields: Fields): readonly Identity[] {
  if (!Array.isArray(fields.identities)) return [];
  const items: readonly unknown[] = fields.identities;
  return items.flatMap((item) => {
    if (!isFields(item)) return [];
    const [provider, id] = [textOf(item, "provider"), textOf(item, "id")];
    return provider === undefined || id === undefined ? [] : [{ provider, id }];
  });
}

/** The user that a PUT describes. A PUT replaces: what it does not name falls back to its default. */
export function userFromPut(call: Call, id: string, fields: Fields, before: UserRecord | undefined): UserFields {
  const email = textOf(fields, "email") ?? "";
  const invited = textOf(fields, "confirmation") !== undefined;
  const kept = (before?.identities ?? []).filter((identity) => identity.provider !== "Basic");
  const given = identitiesOf(fields).filter((identity) => identity.provider !== "Basic");
  return {
    id,
    firstName: textOf(fields, "firstName") ?? "",
    lastName: textOf(fields, "lastName") ?? "",
    email,
    state: memberOf(userStates, textOf(fields, "state")) ?? before?.state ?? (invited ? "pending" : "active"),
    registrationDate: before?.registrationDate ?? call.now,
    note: nullableTextOf(fields, "note") ?? null,
    identities: [{ provider: "Basic", id: email }, ...(given.length > 0 ? given : kept)],
  };
}

/** The user after a PATCH: only what the body names changes. A Basic identity follows the address. */
export function userFromPatch(before: UserRecord, fields: Fields): UserFields {
  const { version: _version, ...kept } = before;
  const email = textOf(fields, "email") ?? before.email;
  const note = nullableTextOf(fields, "note");
  return {
    ...kept,
    firstName: textOf(fields, "firstName") ?? before.firstName,
    lastName: textOf(fields, "lastName") ?? before.lastName,
    email,
    state: memberOf(userStates, textOf(fields, "state")) ?? before.state,
    note: note === undefined ? before.note : note,
    identities: before.identities.map((identity) =>
      identity.provider === "Basic" ? { ...identity, id: email } : identity,
    ),
  };
}

/** Stores a user; a new one lands in developers, whatever was asked. */
export function storeUser(store: Store, fields: UserFields): UserRecord {
  const user = store.putUser(fields);
  store.members.add("developers", user.id);
  return user;
}

/** Removes a user with its memberships and subscriptions. */
export function removeUser(store: Store, id: string): boolean {
  for (const subscriptionId of store.subscriptionsOf(id)) store.deleteSubscription(subscriptionId);
  return store.deleteUser(id);
}
