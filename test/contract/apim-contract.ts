// What every `Apim` does, whichever door and version it speaks. `start` gives a new service as Azure makes it: user 1,
// the three built-in groups, the products starter and unlimited with a subscription of user 1 each, and the
// subscription `master` without an owner.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { User } from "../../shared/core/directory.ts";
import type { Apim } from "../../shared/ports.ts";

export type StartedApim = { readonly apim: Apim; close(): Promise<void> };

const { signal } = new AbortController();
const ann = { firstName: "Ann", lastName: "Åström", email: "ann@example.com", note: "rollcall/1 owner=o\nkept" };
const payments = { displayName: "Payments team", description: "rollcall/1 owner=o" };

/** Runs the contract against the service that `start` gives, a new one for each test. */
export function describeApimContract(name: string, start: () => Promise<StartedApim>): void {
  describe(`Apim contract: ${name}`, () => {
    let started: StartedApim;
    let apim: Apim;

    beforeEach(async () => {
      started = await start();
      apim = started.apim;
    });

    afterEach(() => started.close());

    async function etagOfUser(id: string): Promise<string> {
      return (await apim.getUser(id, signal))?.etag ?? "none";
    }

    async function etagOfGroup(id: string): Promise<string> {
      return (await apim.getGroup(id, signal))?.etag ?? "none";
    }

    async function listed(id: string): Promise<User | undefined> {
      return (await apim.listUsers(signal)).find((user) => user.id === id);
    }

    async function starterSubscription(): Promise<string> {
      const subscriptions = await apim.listSubscriptions({ ownerId: "1" }, signal);
      return subscriptions.find(({ productId }) => productId === "starter")?.id ?? "none";
    }

    it("listUsers() has user 1 and what was created since, across pages", async () => {
      const ids = Array.from({ length: 7 }, (_, index) => `u${index}`);
      for (const id of ids) await apim.putUser(id, { ...ann, email: `${id}@example.com` }, signal);

      const users = await apim.listUsers(signal);

      expect(users.map(({ id }) => id).sort()).toEqual(["1", ...ids]);
      expect(users.find(({ id }) => id === "1")).toMatchObject({ firstName: "Administrator", lastName: "", note: "" });
    });

    it("putUser() creates once, active, with note and a Basic identity; again is an update", async () => {
      expect(await apim.putUser("u1", ann, signal)).toBe("created");

      expect((await apim.getUser("u1", signal))?.value).toEqual({
        id: "u1",
        ...ann,
        state: "active",
        identities: [{ provider: "Basic", id: "ann@example.com" }],
        groups: [],
      });
      expect(await apim.putUser("u1", { ...ann, firstName: "Anna" }, signal)).toBe("updated");
      expect((await apim.getUser("u1", signal))?.value.firstName).toBe("Anna");
    });

    it("putUser() refuses an address that another account holds", async () => {
      await apim.putUser("u1", ann, signal);

      await expect(apim.putUser("u2", ann, signal)).rejects.toMatchObject({ code: "APIM_INVALID" });
    });

    it("getUser(), getGroup() and getSubscription() give undefined for what is not there", async () => {
      expect(await apim.getUser("nobody", signal)).toBeUndefined();
      expect(await apim.getGroup("nothing", signal)).toBeUndefined();
      expect(await apim.getSubscription("nothing", signal)).toBeUndefined();
    });

    it("patchUser() changes the named fields only and moves the ETag", async () => {
      await apim.putUser("u1", ann, signal);
      const etag = await etagOfUser("u1");

      await apim.patchUser("u1", { state: "blocked", note: "n" }, etag, signal);

      const user = await apim.getUser("u1", signal);
      expect(user?.value).toMatchObject({ ...ann, state: "blocked", note: "n" });
      expect(user?.etag).not.toBe(etag);
    });

    it("patchUser() and deleteUser() refuse an ETag that no longer holds", async () => {
      await apim.putUser("u1", ann, signal);
      const etag = await etagOfUser("u1");
      await apim.patchUser("u1", { firstName: "Anna" }, etag, signal);

      await expect(apim.patchUser("u1", { firstName: "A" }, etag, signal)).rejects.toMatchObject({
        code: "APIM_CONFLICT",
      });
      await expect(apim.deleteUser("u1", etag, signal)).rejects.toMatchObject({ code: "APIM_CONFLICT" });
      expect((await apim.getUser("u1", signal))?.value.firstName).toBe("Anna");
    });

    it("patchUser() of an absent account is APIM_NOT_FOUND", async () => {
      await expect(apim.patchUser("nobody", { note: "n" }, '"AAAA="', signal)).rejects.toMatchObject({
        code: "APIM_NOT_FOUND",
      });
    });

    it("user 1 cannot be changed", async () => {
      const etag = await etagOfUser("1");

      await expect(apim.patchUser("1", { note: "n" }, etag, signal)).rejects.toMatchObject({
        code: "APIM_NOT_ALLOWED",
      });
    });

    it("deleteUser() takes the account with its subscriptions, and what is gone is gone", async () => {
      await apim.putUser("u1", ann, signal);
      const id = await starterSubscription();
      const subscription = await apim.getSubscription(id, signal);
      await apim.patchSubscription(id, { ownerId: "u1" }, subscription?.etag ?? "none", signal);
      const etag = await etagOfUser("u1");

      await apim.deleteUser("u1", etag, signal);

      expect(await apim.getUser("u1", signal)).toBeUndefined();
      expect(await apim.getSubscription(id, signal)).toBeUndefined();
      await expect(apim.deleteUser("u1", etag, signal)).resolves.toBeUndefined();
    });

    it("listGroups() has the built-in groups and says so", async () => {
      const groups = await apim.listGroups(signal);

      expect(groups.map(({ id, builtIn, type }) => [id, builtIn, type])).toEqual([
        ["administrators", true, "system"],
        ["developers", true, "system"],
        ["guests", true, "system"],
      ]);
    });

    it("putGroup(), patchGroup() and deleteGroup() keep a group", async () => {
      expect(await apim.putGroup("payments", payments, signal)).toBe("created");
      expect(await apim.putGroup("payments", payments, signal)).toBe("updated");
      const group = await apim.getGroup("payments", signal);
      expect(group?.value).toEqual({ id: "payments", ...payments, builtIn: false, type: "custom" });

      await apim.patchGroup("payments", { displayName: "Payments" }, group?.etag ?? "none", signal);

      expect((await apim.getGroup("payments", signal))?.value).toMatchObject({ ...payments, displayName: "Payments" });
      await apim.deleteGroup("payments", await etagOfGroup("payments"), signal);
      expect(await apim.getGroup("payments", signal)).toBeUndefined();
      await expect(apim.deleteGroup("payments", '"AAAA="', signal)).resolves.toBeUndefined();
    });

    it("patchGroup() and deleteGroup() refuse an ETag that no longer holds", async () => {
      await apim.putGroup("payments", payments, signal);
      const etag = await etagOfGroup("payments");
      await apim.patchGroup("payments", { displayName: "P" }, etag, signal);

      await expect(apim.patchGroup("payments", {}, etag, signal)).rejects.toMatchObject({ code: "APIM_CONFLICT" });
      await expect(apim.deleteGroup("payments", etag, signal)).rejects.toMatchObject({ code: "APIM_CONFLICT" });
    });

    it("addMember() and removeMember() tell whether it was so already, and listUsers() shows it", async () => {
      await apim.putUser("u1", ann, signal);
      await apim.putGroup("payments", payments, signal);

      expect(await apim.addMember("payments", "u1", signal)).toBe("added");
      expect(await apim.addMember("payments", "u1", signal)).toBe("present");
      expect((await listed("u1"))?.groups).toContain("payments");
      expect((await listed("1"))?.groups).not.toContain("payments");

      expect(await apim.removeMember("payments", "u1", signal)).toBe("removed");
      expect((await listed("u1"))?.groups).not.toContain("payments");
    });

    it("addMember() to an absent group is APIM_NOT_FOUND, removeMember() from one finds it absent", async () => {
      await apim.putUser("u1", ann, signal);

      await expect(apim.addMember("nothing", "u1", signal)).rejects.toMatchObject({ code: "APIM_NOT_FOUND" });
      expect(await apim.removeMember("nothing", "u1", signal)).toBe("absent");
    });

    it("members of built-in groups cannot be changed", async () => {
      await apim.putUser("u1", ann, signal);

      await expect(apim.addMember("administrators", "u1", signal)).rejects.toMatchObject({ code: "APIM_NOT_ALLOWED" });
    });

    it("many writes on one user at once all succeed", async () => {
      await apim.putUser("u1", ann, signal);
      const ids = Array.from({ length: 10 }, (_, index) => `g${index}`);
      await Promise.all(ids.map((id) => apim.putGroup(id, payments, signal)));

      const results = await Promise.all(ids.map((id) => apim.addMember(id, "u1", signal)));

      expect(new Set(results)).toEqual(new Set(["added"]));
      expect((await listed("u1"))?.groups).toEqual(expect.arrayContaining(ids));
    });

    it("listProducts() has the products with the groups that see them", async () => {
      const products = await apim.listProducts(signal);

      expect(products.map(({ groups, ...product }) => ({ ...product, groups: [...groups].sort() }))).toEqual([
        {
          id: "starter",
          displayName: "Starter",
          state: "published",
          approvalRequired: false,
          groups: ["administrators", "developers", "guests"],
        },
        {
          id: "unlimited",
          displayName: "Unlimited",
          state: "published",
          approvalRequired: true,
          groups: ["administrators", "developers", "guests"],
        },
      ]);
    });

    it("getProduct() has one product with the groups that see it, and undefined for what is not there", async () => {
      await apim.putGroup("payments", payments, signal);
      await apim.addProductGroup("unlimited", "payments", signal);

      const product = await apim.getProduct("unlimited", signal);

      expect({ ...product, groups: [...(product?.groups ?? [])].sort() }).toEqual({
        id: "unlimited",
        displayName: "Unlimited",
        state: "published",
        approvalRequired: true,
        groups: ["administrators", "developers", "guests", "payments"],
      });
      expect(await apim.getProduct("nothing", signal)).toBeUndefined();
    });

    it("listUserGroups() has the ids of a user's groups, across pages, and fails for a missing user", async () => {
      await apim.putUser("u1", ann, signal);
      const ids = Array.from({ length: 5 }, (_, index) => `g${index}`);
      for (const id of ids) {
        await apim.putGroup(id, { ...payments, displayName: id }, signal);
        await apim.addMember(id, "u1", signal);
      }

      expect([...(await apim.listUserGroups("u1", signal))].sort()).toEqual(["developers", ...ids]);
      await expect(apim.listUserGroups("nobody", signal)).rejects.toMatchObject({ code: "APIM_NOT_FOUND" });
    });

    it("addProductGroup() and removeProductGroup() tell whether it was so already", async () => {
      await apim.putGroup("payments", payments, signal);
      const groups = async () => (await apim.listProducts(signal)).find(({ id }) => id === "starter")?.groups;

      expect(await apim.addProductGroup("starter", "payments", signal)).toBe("added");
      expect(await apim.addProductGroup("starter", "payments", signal)).toBe("present");
      expect(await groups()).toContain("payments");
      expect(await apim.removeProductGroup("starter", "payments", signal)).toBe("removed");
      expect(await groups()).not.toContain("payments");
    });

    it("listSubscriptions() has all of them, or those of one user", async () => {
      const all = await apim.listSubscriptions({}, signal);
      const own = await apim.listSubscriptions({ ownerId: "1" }, signal);

      expect(all).toHaveLength(3);
      expect(all.find(({ id }) => id === "master")).not.toHaveProperty("ownerId");
      expect(all.find(({ id }) => id === "master")).not.toHaveProperty("productId");
      expect(own.map(({ ownerId, productId, state }) => [ownerId, productId, state]).sort()).toEqual([
        ["1", "starter", "active"],
        ["1", "unlimited", "active"],
      ]);
    });

    it("patchSubscription() changes state, comment and owner under its ETag", async () => {
      await apim.putUser("u1", ann, signal);
      const id = await starterSubscription();
      const before = await apim.getSubscription(id, signal);
      const etag = before?.etag ?? "none";
      expect(before?.value).toMatchObject({ id, ownerId: "1", productId: "starter", state: "active" });
      expect(before?.value.createdDate).toMatch(/^\d{4}-\d\d-\d\dT/);

      await apim.patchSubscription(id, { state: "suspended", stateComment: "left", ownerId: "u1" }, etag, signal);

      expect((await apim.getSubscription(id, signal))?.value).toMatchObject({
        ownerId: "u1",
        productId: "starter",
        state: "suspended",
        stateComment: "left",
      });
      expect((await apim.listSubscriptions({ ownerId: "u1" }, signal)).map((found) => found.id)).toEqual([id]);
      await expect(apim.patchSubscription(id, { state: "active" }, etag, signal)).rejects.toMatchObject({
        code: "APIM_CONFLICT",
      });
    });

    it("putSubscription() makes one in the state asked for, once, and the lists find it", async () => {
      await apim.putUser("u1", ann, signal);
      const wanted = {
        productId: "unlimited",
        ownerId: "u1",
        displayName: "Payments, test",
        state: "submitted",
      } as const;

      expect(await apim.putSubscription("s1", wanted, signal)).toBe("created");
      expect(await apim.putSubscription("s1", wanted, signal)).toBe("updated");

      expect((await apim.getSubscription("s1", signal))?.value).toMatchObject({ id: "s1", ...wanted });
      const ids = async (query: Parameters<Apim["listSubscriptions"]>[0]) =>
        (await apim.listSubscriptions(query, signal)).map(({ id }) => id);
      expect(await ids({ state: "submitted" })).toEqual(["s1"]);
      expect(await ids({ state: "submitted", productId: "unlimited" })).toEqual(["s1"]);
      expect(await ids({ state: "submitted", productId: "starter" })).toEqual([]);
      expect(await ids({ ownerId: "u1", state: "submitted" })).toEqual(["s1"]);
      expect(await ids({ ownerId: "u1", state: "active" })).toEqual([]);
      expect(await ids({ ownerId: "u1", productId: "starter" })).toEqual([]);
      expect(await ids({ productId: "unlimited" })).toHaveLength(2);
    });

    it("putSubscription() is refused over the product's limit, and for a product that is not there", async () => {
      await apim.putUser("u1", ann, signal);
      const wanted = { productId: "unlimited", ownerId: "u1", displayName: "S", state: "submitted" } as const;
      await apim.putSubscription("s1", wanted, signal);

      await expect(apim.putSubscription("s2", wanted, signal)).rejects.toMatchObject({
        code: "APIM_INVALID",
        context: { limitReached: true },
      });
      await expect(apim.putSubscription("s3", { ...wanted, productId: "nothing" }, signal)).rejects.toMatchObject({
        code: "APIM_INVALID",
      });
    });

    it("patchSubscription() sets the end of access and takes it away again", async () => {
      const id = await starterSubscription();
      const expiresAt = Date.UTC(2031, 4, 14, 12, 30);
      const found = async () => apim.getSubscription(id, signal);

      await apim.patchSubscription(id, { expiresAt }, (await found())?.etag ?? "none", signal);
      expect((await found())?.value.expiresAt).toBe(expiresAt);

      await apim.patchSubscription(id, { stateComment: "c" }, (await found())?.etag ?? "none", signal);
      expect((await found())?.value.expiresAt).toBe(expiresAt);

      await apim.patchSubscription(id, { expiresAt: null }, (await found())?.etag ?? "none", signal);
      expect((await found())?.value).not.toHaveProperty("expiresAt");
    });

    it("regenerateSubscriptionKeys() changes the subscription, and fails for one that is not there", async () => {
      const id = await starterSubscription();
      const before = await apim.getSubscription(id, signal);

      await apim.regenerateSubscriptionKeys(id, signal);

      expect((await apim.getSubscription(id, signal))?.etag).not.toBe(before?.etag);
      await expect(apim.regenerateSubscriptionKeys("nothing", signal)).rejects.toMatchObject({
        code: "APIM_NOT_FOUND",
      });
    });

    it("createUserToken() gives the user's token, and fails for a missing user", async () => {
      await apim.putUser("u1", ann, signal);

      expect(await apim.createUserToken("u1", Date.now() + 300_000, signal)).toMatch(/^u1&\d{12,14}&.+/);
      await expect(apim.createUserToken("nobody", Date.now() + 300_000, signal)).rejects.toMatchObject({
        code: "APIM_NOT_FOUND",
      });
    });

    it("every method stops with ABORTED for a signal that has fired", async () => {
      const stopped = AbortSignal.abort();

      await expect(apim.listUsers(stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(apim.putUser("u1", ann, stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(apim.addMember("g1", "u1", stopped)).rejects.toMatchObject({ code: "ABORTED" });
    });
  });
}
