import { beforeAll, describe, expect, it } from "vitest";
import { type CompiledRequestPolicy, createRequestPolicy } from "../../shared/config/approvals.ts";
import { parseRules } from "../../shared/config/rules.ts";
import type { Product, Subscription, User } from "../../shared/core/directory.ts";
import { type ExplainWorld, explainRequester, explainSubscription } from "../../shared/flows/explain-decision.ts";
import type { RosterEntry } from "../../shared/request-ports.ts";
import { createMemoryRoster } from "../../shared/requests/memory.ts";
import { problemLines, rulesDeps, validText } from "../config/rules-fixture.ts";
import { anAccount, aPerson, aProduct, aSubscription, aUser, idOf, owner } from "../helpers/core-builders.ts";
import { createFixedClock } from "../http/fixed-clock.ts";

const { signal } = new AbortController();
const clock = createFixedClock();
const own = idOf("1");
const approvals = `approvals:
  products:
    - product: p
      rules:
        - { name: team, approve: 'requester.department == "Payments" && "payments" in requester.groups' }
        - { name: others, reject: "true" }
`;

let policy: CompiledRequestPolicy;
beforeAll(async () => {
  const deps = await rulesDeps();
  const rules = parseRules(validText + approvals, "rollcall.yaml", deps);
  const made = rules.ok ? createRequestPolicy(rules.rules, deps.expressions) : undefined;
  if (made === undefined) throw new Error(problemLines(rules).join("\n"));
  policy = made;
});

type Service = {
  readonly users?: readonly User[];
  readonly products?: readonly Product[];
  readonly subscriptions?: readonly Subscription[];
  readonly roster?: readonly RosterEntry[];
  readonly numberSpaces?: readonly string[];
};

const waiting = aSubscription("s1", own, { state: "submitted", productId: "p" });
const jane: RosterEntry = { person: aPerson("1"), userId: own, standing: "present" };
const published = { ...aProduct("p"), approvalRequired: true };

async function worldOf(service: Service = {}): Promise<ExplainWorld> {
  const { users = [anAccount("1", { groups: ["payments"] })], products = [published] } = service;
  const { subscriptions = [waiting], numberSpaces = ["employee", "contingent"] } = service;
  const roster = createMemoryRoster();
  await roster.put("contoso", service.roster ?? [jane], clock.now(), signal);
  const find = <T extends { readonly id: string }>(list: readonly T[], id: string) => list.find((one) => one.id === id);
  return {
    apim: {
      getUser: async (id) => {
        const value = find(users, id);
        return value && { value, etag: '"a"' };
      },
      listUserGroups: async (id) => find(users, id)?.groups ?? [],
      getProduct: async (id) => find(products, id),
      listSubscriptions: async ({ ownerId }) => subscriptions.filter((one) => one.ownerId === ownerId),
      getSubscription: async (id) => {
        const value = find(subscriptions, id);
        return value && { value, etag: '"a"' };
      },
    },
    roster,
    policy,
    clock,
    owner,
    target: "contoso",
    protect: ["*@admins.contoso.com"],
    numberSpaces,
  };
}

describe("explainSubscription()", () => {
  it("says what the rules say about the subscription as it is, and nothing else stands in the way", async () => {
    const explained = await explainSubscription("s1", await worldOf(), signal);

    expect(explained).toMatchObject({
      subscription: waiting,
      productId: "p",
      worker: "employee/1",
      decision: { answer: "approve", rule: "team", steps: [{ rule: "team", result: "yes" }] },
      notes: [],
    });
  });

  it.each<[string, Service, string]>([
    [
      "it is answered already",
      { subscriptions: [{ ...waiting, state: "active" }] },
      "Nobody waits for an answer: the subscription is active",
    ],
    ["its owner is blocked", { users: [anAccount("1", { state: "blocked" })] }, "The account of the owner is blocked"],
    ["its owner is gone", { users: [] }, "The account that the subscription belongs to is not there"],
    ["its product is gone", { products: [] }, 'The product "p" is not there'],
    [
      "its product is not published",
      { products: [{ ...published, state: "notPublished" }] },
      'The product "p" is not published',
    ],
    [
      "its owner is protected",
      { users: [anAccount("1", { email: "a@admins.contoso.com" })] },
      "The owner's account is protected by the rules",
    ],
    [
      "its product needs no approval",
      { products: [aProduct("p")] },
      "The product needs no approval: API Management lets people in by itself",
    ],
    [
      "it is for all APIs",
      {
        subscriptions: [
          { id: "s1", displayName: "", ownerId: own, scope: "/apis", state: "submitted", stateComment: "" },
        ],
      },
      "The subscription is for an API or for all; Rollcall decides only on products",
    ],
    [
      "it has no owner",
      {
        subscriptions: [
          { id: "s1", displayName: "", scope: "/products/p", productId: "p", state: "submitted", stateComment: "" },
        ],
      },
      "The subscription has no owner; Rollcall decides only for people",
    ],
  ])("says that %s", async (_name, service, note) => {
    const explained = await explainSubscription("s1", await worldOf(service), signal);

    expect(explained.notes).toContain(note);
  });

  it("asks people about an account that is not Rollcall's, by whatever rule", async () => {
    const service = { users: [aUser("u2")], subscriptions: [aSubscription("s2", "u2", { state: "submitted" })] };

    const explained = await explainSubscription("s2", await worldOf(service), signal);

    expect(explained).toMatchObject({ missing: "notMarked", decision: { answer: "ask", rule: "default", steps: [] } });
  });

  it("fails for a subscription that is not there", async () => {
    await expect(explainSubscription("gone", await worldOf(), signal)).rejects.toMatchObject({
      code: "APIM_NOT_FOUND",
      message: 'Cannot explain a decision: there is no subscription "gone", expected its id',
    });
  });
});

describe("explainRequester()", () => {
  it.each(["1", "employee/1"])("says what would come out if the worker %s asked now", async (requester) => {
    const explained = await explainRequester({ requester, product: "p" }, await worldOf({ subscriptions: [] }), signal);

    expect(explained).toMatchObject({
      productId: "p",
      user: { id: own },
      decision: { answer: "approve", rule: "team" },
      notes: [],
      facts: { request: { subscription: "", name: "", date: "2024-05-14" } },
    });
    expect(explained).not.toHaveProperty("subscription");
  });

  it("knows the account that Rollcall makes before HR is read again", async () => {
    const { userId: _, ...before } = jane;

    const explained = await explainRequester(
      { requester: "1", product: "p" },
      await worldOf({ roster: [before] }),
      signal,
    );

    expect(explained).toMatchObject({ user: { id: own }, decision: { answer: "approve" } });
  });

  it("counts what the account holds, the same product too", async () => {
    const explained = await explainRequester({ requester: "1", product: "p" }, await worldOf(), signal);

    expect(explained.facts.subscriptions).toEqual([{ product: "p", state: "submitted" }]);
  });

  it("fails for somebody whom HR does not name, and for a number that several have", async () => {
    const contingent = aPerson("1", { numberSpace: "contingent" });
    const both = await worldOf({ roster: [jane, { person: contingent, standing: "present" }] });

    await expect(explainRequester({ requester: "7", product: "p" }, both, signal)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/^Cannot find the requester "7" in HR's last answer: expected an employee number/),
    });
    await expect(explainRequester({ requester: "1", product: "p" }, both, signal)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: 'Cannot tell which requester is meant by "1": expected one of employee/1, contingent/1',
    });
  });
});
