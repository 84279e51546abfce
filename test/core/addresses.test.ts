import { describe, expect, it } from "vitest";
import { type AddressClaim, findHolders, resolveAddresses } from "../../shared/core/addresses.ts";
import type { User, UserIdentity } from "../../shared/core/directory.ts";
import { aUser } from "../helpers/core-builders.ts";

function holding(id: string, address: string, identities: readonly UserIdentity[] = []): User {
  return aUser(id, { email: address, identities });
}

function answers(claims: readonly AddressClaim[], ...users: readonly User[]): Readonly<Record<string, string>> {
  const holders = new Map<string, User[]>();
  for (const user of users) {
    for (const address of new Set([user.email, ...user.identities.map(({ id }) => id)])) {
      holders.set(address, [...(holders.get(address) ?? []), user]);
    }
  }
  const found = [...resolveAddresses(claims, holders)].map(([worker, answer]) => [
    worker,
    answer.free ? "free" : answer.heldBy.id,
  ]);
  return Object.fromEntries(found);
}

describe("findHolders()", () => {
  it("lists who holds an address, by account or by identity, folded, each once, and no other address", () => {
    const one = aUser("u1", { email: "Ada@contoso.com", identities: [{ provider: "Basic", id: "ada@contoso.com" }] });
    const two = aUser("u2", {
      identities: [
        { provider: "AadB2C", id: "ADA@contoso.com" },
        { provider: "Aad", id: "1234" },
      ],
    });

    const holders = findHolders([one, two], new Set(["ada@contoso.com", "1234"]));

    expect([...holders]).toEqual([["ada@contoso.com", [one, two]]]);
  });
});

describe("resolveAddresses()", () => {
  const one = { worker: "w1", userId: "u1", address: "b" };
  const two = { worker: "w2", userId: "u2", address: "c" };

  it("gives an address that nobody holds, or that the account holds itself", () => {
    expect(answers([{ worker: "w1", address: "a" }])).toEqual({ w1: "free" });
    expect(answers([{ ...one, address: "a" }], holding("u1", "a"))).toEqual({ w1: "free" });
  });

  it("holds an address of an account that does not move, and names the account", () => {
    expect(answers([one], holding("u1", "a"), holding("x", "b"))).toEqual({ w1: "x" });
  });

  it("follows a chain of moves to its free end, in any order of the claims", () => {
    const users = [holding("u1", "a"), holding("u2", "b")];

    expect(answers([one, two], ...users)).toEqual({ w1: "free", w2: "free" });
    expect(answers([two, one], ...users)).toEqual({ w1: "free", w2: "free" });
  });

  it("lets a new account have the address that another one gives away", () => {
    expect(answers([{ worker: "new", address: "b" }, two], holding("u2", "b"))).toEqual({ new: "free", w2: "free" });
  });

  it("holds both of two who want to swap, and the whole of a ring", () => {
    const users = [holding("u1", "a"), holding("u2", "b"), holding("u3", "c")];

    expect(answers([one, { ...two, address: "a" }], ...users)).toEqual({ w1: "u2", w2: "u1" });
    expect(answers([one, two, { worker: "w3", userId: "u3", address: "a" }], ...users)).toEqual({
      w1: "u2",
      w2: "u3",
      w3: "u1",
    });
  });

  it("holds who waits for a chain that ends at an account that stays", () => {
    expect(answers([one, two], holding("u1", "a"), holding("u2", "b"), holding("x", "c"))).toEqual({
      w1: "u2",
      w2: "x",
    });
  });

  it("holds an address that an identity keeps when its account moves, unless it is the Basic one", () => {
    const basic = holding("u2", "b", [{ provider: "Basic", id: "b" }]);
    const entra = holding("u2", "b", [{ provider: "Aad", id: "b" }]);

    expect(answers([one, two], holding("u1", "a"), basic)).toEqual({ w1: "free", w2: "free" });
    expect(answers([one, two], holding("u1", "a"), entra)).toEqual({ w1: "u2", w2: "free" });
  });

  it("holds an address that two accounts hold, though one of them moves", () => {
    const other = holding("x", "y", [{ provider: "Basic", id: "b" }]);

    expect(answers([one, two], holding("u1", "a"), holding("u2", "b"), other)).toEqual({ w1: "u2", w2: "free" });
  });
});
