import { describe, expect, it } from "vitest";
import type { Decision, RequestPolicy } from "../../shared/core/decision.ts";
import type { Product, Subscription, User } from "../../shared/core/directory.ts";
import { type FactsWorld, gatherFacts } from "../../shared/flows/request-facts.ts";
import type { KnownWorker } from "../../shared/request-ports.ts";
import { anAccount, aPerson, aProduct, aSubscription, aUser, idOf, owner } from "../helpers/core-builders.ts";
import { createFixedClock } from "../http/fixed-clock.ts";

const { signal } = new AbortController();
const clock = createFixedClock();
const own = idOf("1");
const known: KnownWorker = {
  entry: { person: aPerson("1"), userId: own, standing: "present" },
  readAt: clock.now() - 1,
};

const policy: RequestPolicy = {
  decide: (): Decision => {
    throw new Error("gathering facts decides nothing");
  },
  owners: (productId) => [`owner-of-${productId}@contoso.com`],
  review: { whenChanged: [], unapproved: "report" },
  maxFactsAgeMs: 3_600_000,
  defaultTimeZone: "Europe/Stockholm",
};

type Service = {
  readonly users: readonly User[];
  readonly products: readonly Product[];
  readonly subscriptions: readonly Subscription[];
  readonly roster: Readonly<Record<string, KnownWorker>>;
};

/** A world of which every reading is written down. */
function worldOf({ users, products, subscriptions, roster }: Service): FactsWorld & { readonly reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    policy,
    clock,
    owner,
    target: "contoso",
    apim: {
      async getUser(id) {
        const value = users.find((user) => user.id === id);
        return value && { value: { ...value, groups: [] }, etag: '"a"' };
      },
      async listUserGroups(id) {
        reads.push(`groups ${id}`);
        return users.find((user) => user.id === id)?.groups ?? [];
      },
      getProduct: async (id) => products.find((product) => product.id === id),
      async listSubscriptions({ ownerId }) {
        reads.push(`subscriptions ${ownerId}`);
        return subscriptions.filter((each) => each.ownerId === ownerId);
      },
    },
    roster: {
      async findWorker(target, worker) {
        reads.push(`roster ${target} ${worker}`);
        return roster[worker];
      },
    },
  };
}

const asked = aSubscription("s1", own, { state: "submitted", displayName: "For tests" });
const service: Service = {
  users: [anAccount("1", { groups: ["developers", "payments"] }), aUser("u2")],
  products: [aProduct("p", ["developers"])],
  subscriptions: [
    asked,
    aSubscription("s2", own, { productId: "q", state: "active" }),
    aSubscription("s3", own, { scope: "/apis", state: "active" }),
    aSubscription("s4", "u2"),
  ],
  roster: { "employee/1": known },
};
const { productId: _, ...ofAllApis } = aSubscription("s3", own, { scope: "/apis" });

describe("gatherFacts()", () => {
  it("reads owner, groups, product and other subscriptions now, and the person from what HR last said", async () => {
    const world = worldOf({ ...service, subscriptions: [...service.subscriptions, { ...ofAllApis, id: "s5" }] });

    const { facts, ...found } = await gatherFacts(asked, world, signal);

    expect(facts).toEqual({
      requester: {
        worker: "employee/1",
        user: own,
        groups: ["developers", "payments"],
        person: expect.objectContaining({ department: "Payments", status: "active" }),
        today: "2024-05-14",
      },
      product: expect.objectContaining({ id: "p", published: true, owners: ["owner-of-p@contoso.com"] }),
      request: { subscription: "s1", name: "For tests", date: "2024-05-14" },
      subscriptions: [
        { product: "q", state: "active" },
        { product: "p", state: "active" },
      ],
    });
    expect(found).toMatchObject({ worker: "employee/1", factsReadAt: known.readAt, known });
    expect(found.user?.groups).toEqual(["developers", "payments"]);
    expect(found.product?.id).toBe("p");
    expect(world.reads).toContain("roster contoso employee/1");
  });

  it("has no facts of the requester for an account that is not ours, and does not ask HR's", async () => {
    const world = worldOf(service);

    const found = await gatherFacts(aSubscription("s4", "u2"), world, signal);

    expect(found).toMatchObject({ missing: "notMarked", user: { id: "u2" }, facts: { requester: undefined } });
    expect(found).not.toHaveProperty("worker");
    expect(world.reads).toEqual(["groups u2", "subscriptions u2"]);
  });

  it("keeps what is known of a worker whose facts do not count", async () => {
    const old = { ...known, readAt: clock.now() - 3_600_001 };

    const found = await gatherFacts(asked, worldOf({ ...service, roster: { "employee/1": old } }), signal);

    expect(found).toMatchObject({ missing: "tooOld", factsReadAt: old.readAt, facts: { requester: undefined } });
  });

  it.each([
    ["the owner is gone", aSubscription("s1", "gone"), { missing: "noUser" }],
    ["there is no owner", { id: "s1", displayName: "", productId: "p" }, { missing: "noOwner" }],
    ["HR does not name the owner", aSubscription("s1", own), { missing: "notInRoster" }],
  ])("says that %s", async (_name, subscription, expected) => {
    const found = await gatherFacts(subscription, worldOf({ ...service, roster: {} }), signal);

    expect(found).toMatchObject({ ...expected, facts: { requester: undefined } });
  });

  it.each([
    ["the product is gone", aSubscription("s1", own, { productId: "gone" })],
    ["it is for no product", ofAllApis],
  ])("has no product where %s", async (_name, subscription) => {
    const found = await gatherFacts(subscription, worldOf(service), signal);

    expect(found).not.toHaveProperty("product");
    expect(found.facts.product).toMatchObject({ published: false, groups: [] });
  });
});
