// What the developer portal hands over beside signing in: it is asked first, done once, and only for the account's owner.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DelegationWish } from "../../dev/apim/delegation-link.ts";
import { AppError } from "../../shared/core/errors.ts";
import { parseMark } from "../../shared/core/mark.ts";
import { markOf } from "../helpers/core-builders.ts";
import {
  adele,
  type DelegationKit,
  formOf,
  grady,
  locationOf,
  portalUrl,
  signedInAs,
  startDelegation,
  textOfPage,
} from "../helpers/delegation-kit.ts";
import { readPage } from "../ui/page-reader.ts";

let kit: DelegationKit;
beforeEach(async () => {
  kit = await startDelegation();
});
afterEach(() => kit.close());

const subscribe = { operation: "Subscribe", productId: "payments-api", userId: adele.id } as const;
const unsubscribe = { operation: "Unsubscribe", subscriptionId: "s1", userId: adele.id } as const;
const close = { operation: "CloseAccount", userId: adele.id } as const;
const person = signedInAs(adele);

function putSubscription(more: Parameters<DelegationKit["simulator"]["edit"]["putSubscription"]>[0]): void {
  kit.simulator.edit.putSubscription({ ownerId: adele.id, scope: "/products/payments-api", ...more });
}

/** Writes that reached API Management. */
function writes(): readonly string[] {
  return Object.keys(kit.simulator.requests().counts).filter((each) => !each.startsWith("GET"));
}

describe("Subscribe", () => {
  it("shows the product and its terms, and changes nothing until it is confirmed", async () => {
    const page = await kit.visit(kit.link(subscribe), { person });

    expect(page.status).toBe(200);
    expect(textOfPage(page)).toContain("Payments");
    expect(textOfPage(page)).toContain("Be kind.");
    expect([writes(), kit.queue.take(), await kit.auditLines()]).toEqual([[], [], []]);
  });

  it("makes the subscription as submitted, puts it into the queue and into the audit", async () => {
    const page = await kit.confirm(kit.link(subscribe), person);

    expect([page.status, textOfPage(page).includes("on its way")]).toEqual([200, true]);
    const [made, ...others] = kit.subscriptionsOf(adele.id);
    expect(others).toEqual([]);
    expect(made).toMatchObject({ state: "submitted", scope: "/products/payments-api", displayName: "Payments" });
    expect(kit.queue.take()).toEqual([{ target: "contoso", subscription: made?.id, via: "delegation" }]);
    expect(await kit.auditLines()).toEqual([
      expect.objectContaining({
        action: "subscriptionRequested",
        by: "somebody@contoso.com",
        user: adele.id,
        subscription: made?.id,
        product: "payments-api",
      }),
    ]);
    expect(kit.simulator.state().mails).toEqual([]);
  });

  it("is done once, however often the form is sent", async () => {
    const link = kit.link(subscribe);
    const [first, second] = [await kit.visit(link, { person }), await kit.visit(link, { person })];
    const send = (form: string) => kit.visit(link, { person, method: "POST", form });

    const statuses = await Promise.all([send(formOf(first)), send(formOf(first)), send(formOf(second))]);

    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(kit.subscriptionsOf(adele.id)).toHaveLength(1);
    expect(kit.queue.take()).toHaveLength(1);
  });

  it.each([
    ["is not published", () => kit.simulator.edit.putProduct({ id: "payments-api", state: "notPublished" })],
    ["is for other groups", () => kit.simulator.edit.unlinkGroup("payments-api", "developers")],
    ["is not there", () => kit.simulator.store.deleteProduct("payments-api")],
  ])("is refused for a product that %s, though the management API would allow it", async (_, change) => {
    const link = kit.link(subscribe);
    const form = formOf(await kit.visit(link, { person }));
    change();

    for (const page of [await kit.visit(link, { person }), await kit.visit(link, { person, method: "POST", form })]) {
      expect([page.status, textOfPage(page).includes("You cannot ask for this product")]).toEqual([403, true]);
    }
    expect(writes()).toEqual([]);
  });

  it("says so where the product allows no more subscriptions", async () => {
    kit.simulator.edit.putProduct({ id: "payments-api", subscriptionsLimit: 1 });
    putSubscription({ id: "s1" });

    const page = await kit.confirm(kit.link(subscribe), person);

    expect([page.status, textOfPage(page).includes("You have this product already")]).toEqual([403, true]);
    expect(kit.queue.take()).toEqual([]);
  });

  it("is made although the queue is away: the sweep finds it", async () => {
    const send = () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot send: the queue is away"));
    kit.open.world = { ...kit.open.world, queue: { send } };

    expect((await kit.confirm(kit.link(subscribe), person)).status).toBe(200);
    expect(kit.subscriptionsOf(adele.id)).toHaveLength(1);
    expect(kit.log.lines.map(({ event }) => event)).toContain("delegation.notQueued");
  });
});

describe("Unsubscribe", () => {
  it("asks, cancels with the version that was read, and is in the audit", async () => {
    putSubscription({ id: "s1", displayName: "Mine" });
    const link = kit.link(unsubscribe);
    const question = await kit.visit(link, { person });
    expect([textOfPage(question).includes("Mine"), kit.subscription("s1")?.state]).toEqual([true, "active"]);

    expect((await kit.visit(link, { person, method: "POST", form: formOf(question) })).status).toBe(200);

    expect(kit.subscription("s1")).toMatchObject({ state: "cancelled" });
    expect(kit.queue.take()).toEqual([{ target: "contoso", subscription: "s1", via: "delegation" }]);
    expect(await kit.auditLines()).toEqual([
      expect.objectContaining({ action: "subscriptionCancelled", subscription: "s1" }),
    ]);
  });

  it("writes nothing over a change that somebody makes meanwhile", async () => {
    putSubscription({ id: "s1" });
    const link = kit.link(unsubscribe);
    const form = formOf(await kit.visit(link, { person }));
    kit.simulator.beforeRequest(({ method }) => {
      if (method === "PATCH") putSubscription({ id: "s1", state: "suspended" });
    });

    expect((await kit.visit(link, { person, method: "POST", form })).status).toBe(502);
    expect(kit.subscription("s1")?.state).toBe("suspended");
  });

  it.each([
    ["somebody else's", { ownerId: grady.id }],
    ["nobody's", { ownerId: undefined }],
    ["over already", { state: "cancelled" }],
    ["expired", { state: "expired" }],
  ] as const)("does nothing to a subscription that is %s", async (_, more) => {
    putSubscription({ id: "s1", ...more });

    const page = await kit.visit(kit.link(unsubscribe), { person });

    expect([page.status, textOfPage(page).includes("There is nothing to end")]).toEqual([403, true]);
    expect(writes()).toEqual([]);
  });

  it("does not believe the user that the link names without a signature", async () => {
    putSubscription({ id: "s1" });
    const link = kit.link({ ...unsubscribe, userId: grady.id });

    expect((await kit.visit(link, { person: signedInAs(grady) })).status).toBe(403);
    expect((await kit.visit(link, { person })).status).toBe(200);
  });
});

describe("CloseAccount", () => {
  it("asks, then blocks the person's own account in a way that no later run undoes", async () => {
    kit.simulator.edit.putUser({ id: adele.id, note: `Likes tea\n${markOf("1", "2026-01-01T00:00:00.000Z")}` });

    const page = await kit.confirm(kit.link(close), person);

    expect(textOfPage(page)).toContain("Your account is closed");
    const user = kit.user(adele.id);
    expect(user?.state).toBe("blocked");
    // `blocked` in the mark would say that Rollcall blocked it, and the next run would open it again.
    expect(parseMark(user?.note ?? "")).toEqual({
      kind: "mark",
      fields: { owner: "contoso-platform", space: "employee", key: "1" },
    });
    expect(user?.note?.split("\n")[0]).toBe("Likes tea");
    expect(user?.note).toMatch(/\nClosed by its owner in the developer portal on \d{4}-\d\d-\d\d$/);
    expect(await kit.auditLines()).toEqual([expect.objectContaining({ action: "accountClosed", user: adele.id })]);
  });

  it("is not followed by a sign-in", async () => {
    await kit.confirm(kit.link(close), person);

    const page = await kit.visit(kit.link({ operation: "SignIn", returnUrl: "/" }), { person });

    expect([page.status, textOfPage(page).includes("Your account is blocked")]).toEqual([403, true]);
  });
});

describe("what cannot be changed here", () => {
  it.each([
    ["ChangePassword", "Your password is your company's"],
    ["ChangeProfile", "come from HR"],
  ] as const)("%s explains who looks after it", async (operation, text) => {
    const page = await kit.visit(kit.link({ operation, userId: adele.id }), { person });

    expect([page.status, textOfPage(page).includes(text), page.body.includes("<form")]).toEqual([200, true, false]);
  });
});

describe("SignOut", () => {
  const signOut = { operation: "SignOut", userId: adele.id } as const;

  it("signs the person out here and goes back to the portal", async () => {
    const location = locationOf(await kit.visit(kit.link(signOut), { person }));

    expect([location.origin, location.pathname]).toEqual(["https://rollcall.contoso.com", "/.auth/logout"]);
    expect(location.searchParams.get("post_logout_redirect_uri")).toBe(portalUrl);
  });

  it.each([
    ["nobody is signed in", undefined],
    ["somebody else is", signedInAs(grady)],
  ])("goes back to the portal and signs nobody out where %s", async (_, other) => {
    const answer = await kit.visit(kit.link(signOut), other === undefined ? {} : { person: other });

    expect([answer.status, answer.headers.Location]).toEqual([302, portalUrl]);
  });
});

const wishes: readonly DelegationWish[] = [
  subscribe,
  unsubscribe,
  close,
  { operation: "ChangePassword", userId: adele.id },
  { operation: "ChangeProfile", userId: adele.id },
];

describe("a valid link that somebody else opens", () => {
  it.each(wishes)("does nothing: $operation", async (wish) => {
    putSubscription({ id: "s1" });
    const before = JSON.stringify(kit.simulator.state());
    const link = kit.link(wish);
    const form = formOf(await kit.visit(link, { person }));

    const opened = await kit.visit(link, { person: signedInAs(grady) });
    const sent = await kit.visit(link, { person: signedInAs(grady), method: "POST", form });

    expect([opened.status, sent.status]).toEqual([403, 403]);
    expect(JSON.stringify(kit.simulator.state())).toBe(before);
    expect([kit.queue.take(), await kit.auditLines()]).toEqual([[], []]);
  });

  it("does nothing either with a signature that was asked for another operation", async () => {
    // Anybody can have the portal sign any one value: it is the returnUrl of a sign-in.
    const signed = new URL(kit.link({ operation: "SignIn", returnUrl: adele.id }));
    signed.searchParams.set("operation", "CloseAccount");
    signed.searchParams.set("userId", adele.id);

    expect((await kit.visit(signed.href, { person: signedInAs(grady) })).status).toBe(403);
    const question = await kit.visit(signed.href, { person });
    expect([question.status, kit.user(adele.id)?.state]).toEqual([200, "active"]);
  });
});

describe("a form", () => {
  const send = async (link: string, form: string, headers?: Readonly<Record<string, string>>, who = person) =>
    kit.visit(link, { person: who, method: "POST", form, ...(headers !== undefined && { headers }) });

  it.each([
    ["without the page's token", () => "", undefined],
    ["with a token that is wrong", (form: string) => `${form}x`, undefined],
    ["that is too long", (form: string) => `${form}&x=${"x".repeat(5_000)}`, undefined],
    ["from another site", (form: string) => form, { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["that does not say where it comes from", (form: string) => form, {}],
  ] as const)("%s does nothing", async (_, change, headers) => {
    const link = kit.link(close);
    const form = change(formOf(await kit.visit(link, { person })));

    const answer = await send(link, form, headers);

    expect([answer.status, kit.user(adele.id)?.state]).toEqual([403, "active"]);
  });

  it("does nothing with a token for another link, or of somebody else's page", async () => {
    const link = kit.link(close);
    const other = formOf(await kit.visit(kit.link(subscribe), { person }));
    const grady2 = formOf(await kit.visit(kit.link({ ...close, userId: grady.id }), { person: signedInAs(grady) }));

    for (const form of [other, grady2]) expect((await send(link, form)).status).toBe(403);
    expect(kit.user(adele.id)?.state).toBe("active");
  });

  it("does nothing after a day, and nothing for who was signed out meanwhile", async () => {
    const link = kit.link(close);
    const form = formOf(await kit.visit(link, { person }));

    const signedOut = await kit.visit(link, { method: "POST", form });
    kit.passTime(86_400_000);
    const late = await send(link, form);

    expect([signedOut.status, late.status, kit.user(adele.id)?.state]).toEqual([403, 403, "active"]);
    expect(readPage(signedOut.body).all("a", { class: "button" })).toHaveLength(1);
  });

  it("is needed: a POST for what is not asked about does nothing", async () => {
    const link = kit.link({ operation: "SignIn", returnUrl: "/" });

    const answer = await send(link, "form=x");

    expect([answer.status, answer.headers.Location]).toEqual([403, undefined]);
  });
});

describe("other people's texts on a page", () => {
  const hostile = [
    "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>",
    '=HYPERLINK("https://evil.example","x")',
    "line\u0000one\u001b[31m\u202eevil\u2066",
    "[text](javascript:alert(3)) https://evil.example",
    "{{constructor.constructor('alert(4)')()}} <%= alert(5) %>",
  ];

  it.each(hostile)("stay text: %j", async (text) => {
    const plain = await kit.visit(kit.link(subscribe), { person });
    kit.simulator.edit.putProduct({ id: "payments-api", displayName: text, terms: text });
    putSubscription({ id: "s1", displayName: text });

    const pages = [
      await kit.visit(kit.link(subscribe), { person }),
      await kit.visit(kit.link(unsubscribe), { person }),
    ];

    for (const page of pages) {
      const read = readPage(page.body);
      expect(read.tags.filter((tag) => !readPage(plain.body).tags.includes(tag))).toEqual([]);
      expect(read.all("a").map(({ attrs }) => attrs.find(({ name }) => name === "href")?.value)).toEqual(
        readPage(plain.body)
          .all("a")
          .map(({ attrs }) => attrs.find(({ name }) => name === "href")?.value),
      );
      expect(page.body.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
  });

  it("reach no log and no audit, and go on to API Management as a plain name", async () => {
    const [markup = ""] = hostile;
    kit.simulator.edit.putProduct({ id: "payments-api", displayName: `${markup}\u202e${"x".repeat(280)}` });

    expect((await kit.confirm(kit.link(subscribe), person)).status).toBe(200);

    expect(JSON.stringify([kit.log.lines, await kit.auditLines()])).not.toContain("alert");
    const [made] = kit.subscriptionsOf(adele.id);
    expect([made?.displayName?.length, made?.displayName?.includes("\u202e")]).toEqual([100, false]);
  });

  it("come in no page that runs, loads or sends anything elsewhere", async () => {
    const page = await kit.visit(kit.link(subscribe), { person });

    expect(page.headers["Content-Security-Policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    const read = readPage(page.body);
    expect(read.tags.filter((tag) => ["script", "iframe", "object", "img"].includes(tag))).toEqual([]);
    expect(read.all("form").map(({ attrs }) => attrs.find(({ name }) => name === "action")?.value)).toEqual([
      expect.stringMatching(/^\/api\/delegation\?operation=Subscribe&/),
    ]);
  });
});
