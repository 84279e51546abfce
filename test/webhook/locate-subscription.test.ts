import { describe, expect, it } from "vitest";
import { locateSubscription } from "../../shared/webhook/locate-subscription.ts";

const root = "/subscriptions/0001/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso";
const targets = [
  { name: "contoso", resourceId: root },
  { name: "partners", resourceId: `${root}-partners` },
];
const created = "Microsoft.ApiManagement.SubscriptionCreated";

function locate(resourceUri: unknown, type = created) {
  return locateSubscription({ type, data: { resourceUri } }, targets);
}

describe("locateSubscription()", () => {
  it.each([["Created"], ["Updated"], ["Deleted"]])("finds the subscription of Subscription%s", (what) => {
    expect(locate(`${root}/subscriptions/payments-1`, `Microsoft.ApiManagement.Subscription${what}`)).toEqual({
      kind: "subscription",
      target: "contoso",
      subscription: "payments-1",
    });
  });

  it("does not mind capitals in the address, and keeps those of the id", () => {
    expect(locate(`${root.toUpperCase()}/Subscriptions/Payments-1`)).toEqual({
      kind: "subscription",
      target: "contoso",
      subscription: "Payments-1",
    });
  });

  it("tells a service from one whose name begins with the same letters", () => {
    expect(locate(`${root}-partners/subscriptions/s1`)).toMatchObject({ target: "partners" });
    expect(locate(`${root}-others/subscriptions/s1`)).toEqual({ kind: "otherService" });
  });

  it.each([
    ["of a user", "Microsoft.ApiManagement.UserCreated"],
    ["of a product", "Microsoft.ApiManagement.ProductUpdated"],
    ["of another publisher", "Evil.ApiManagement.SubscriptionCreated"],
    ["with something behind its type", `${created}X`],
    ["with a line break behind its type", `${created}\n`],
  ])("leaves an event %s alone", (_, type) => {
    expect(locate(`${root}/subscriptions/s1`, type)).toEqual({ kind: "otherType" });
  });

  it.each([
    ["another service", `${root.replace("contoso", "fabrikam")}/subscriptions/s1`],
    ["another resource group", `${root.replace("/rg/", "/other/")}/subscriptions/s1`],
    ["another host", `https://evil.example${root}/subscriptions/s1`],
    ["another host without a scheme", `//evil.example${root}/subscriptions/s1`],
    ["a service above ours", "/subscriptions/0001/subscriptions/s1"],
    ["the service itself", root],
    ["the collection", `${root}/subscriptions`],
    ["the collection with a slash", `${root}/subscriptions/`],
    ["another path", `${root}/users/u1`],
    ["a deeper path", `${root}/subscriptions/s1/keys`],
    ["a subscription of a user", `${root}/users/u1/subscriptions/s1`],
    ["a step up", `${root}/subscriptions/..`],
    ["steps up", `${root}/subscriptions/../users/u1`],
    ["a step that stays", `${root}/subscriptions/.`],
    ["an encoded step", `${root}/subscriptions/%2e%2e%2fusers%2fu1`],
    ["a backslash", `${root}/subscriptions/..\\users`],
    ["a query", `${root}/subscriptions/s1?api-version=2014-02-14`],
    ["a fragment", `${root}/subscriptions/s1#x`],
    ["a control character", `${root}/subscriptions/s1\u0000`],
    ["a line break", `${root}/subscriptions/s1\n`],
    ["a character that turns text around", `${root}/subscriptions/s1\u202e`],
    ["markup", `${root}/subscriptions/<img src=x>`],
    ["an id that is too long", `${root}/subscriptions/${"x".repeat(257)}`],
    ["no text", 7],
    ["nothing", undefined],
  ])("leaves an event that names %s alone", (_, resourceUri) => {
    expect(locate(resourceUri)).toEqual({ kind: "otherService" });
  });

  it.each([[null], ["text"], [[]], [7]])("leaves an event whose data are %j alone", (data) => {
    expect(locateSubscription({ type: created, data }, targets)).toEqual({ kind: "otherService" });
  });

  it("leaves every event alone where no target names its resource id", () => {
    const event = { type: created, data: { resourceUri: `${root}/subscriptions/s1` } };

    expect(locateSubscription(event, [])).toEqual({ kind: "otherService" });
  });
});
