import { describe, expect, it } from "vitest";
import { allowSender } from "../../shared/webhook/cloud-events.ts";
import { validationCodeOf } from "../../shared/webhook/event-grid.ts";
import { readEvents } from "../../shared/webhook/read-events.ts";

const service = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/contoso";
const data = { resourceUri: `${service}/subscriptions/payments-1` };
const type = "Microsoft.ApiManagement.SubscriptionCreated";
const noHeader = (): undefined => undefined;

const eventGrid = {
  id: "831e1650-001e-001b-66ab-eeb76e069631",
  topic: service,
  subject: "/subscriptions/payments-1",
  data,
  eventType: type,
  dataVersion: "1",
  metadataVersion: "1",
  eventTime: "2021-07-02T00:47:47.8536532Z",
};
const cloudEvent = {
  specversion: "1.0",
  type,
  source: service,
  subject: "/subscriptions/payments-1",
  id: "831e1650-001e-001b-66ab-eeb76e069631",
  time: "2021-07-02T00:47:47.8536532Z",
  data,
};

function headers(values: Readonly<Record<string, string>>): (name: string) => string | undefined {
  return (name) => values[name.toLowerCase()];
}

describe("readEvents()", () => {
  it.each([
    ["Event Grid's schema, a list", [eventGrid], 1],
    ["Event Grid's schema, many", [eventGrid, eventGrid, eventGrid], 3],
    ["Event Grid's schema, alone", eventGrid, 1],
    ["a CloudEvent", cloudEvent, 1],
    ["a batch of CloudEvents", [cloudEvent, cloudEvent], 2],
    ["both schemas in one list", [cloudEvent, eventGrid], 2],
  ])("takes %s", (_, body, count) => {
    const read = readEvents(JSON.stringify(body), noHeader);

    expect(read).toEqual({ ok: true, events: Array.from({ length: count }, () => ({ type, data })), unreadable: 0 });
  });

  it("takes the attributes' names with capitals, as Microsoft's page prints them", () => {
    const { specversion, type: _, data: __, ...rest } = cloudEvent;
    const body = JSON.stringify({ ...rest, SpecVersion: specversion, Type: type, Data: data });

    expect(readEvents(body, noHeader)).toEqual({ ok: true, events: [{ type, data }], unreadable: 0 });
  });

  it("takes a CloudEvent in binary mode, whose attributes stand in headers", () => {
    const header = headers({ "ce-specversion": "1.0", "ce-type": type, "ce-id": "1", "ce-source": service });

    expect(readEvents(JSON.stringify(data), header)).toEqual({ ok: true, events: [{ type, data }], unreadable: 0 });
  });

  it("takes an empty list for a delivery of nothing", () => {
    expect(readEvents("[]", noHeader)).toEqual({ ok: true, events: [], unreadable: 0 });
  });

  it("counts an entry that is no event, and takes the others", () => {
    const body = JSON.stringify([null, 7, "text", [], {}, { eventType: 1 }, { specversion: "1.0" }, eventGrid]);

    expect(readEvents(body, noHeader)).toEqual({ ok: true, events: [{ type, data }], unreadable: 7 });
  });

  it.each([
    ["no JSON", "{", /not JSON/],
    ["an empty text", "", /not JSON/],
    ["a number", "7", /no event/],
    ["an object of another kind", '{"hello":"world"}', /no event/],
    ["a list without any event", "[{}]", /no event/],
    ["more events than Event Grid sends", JSON.stringify(Array.from({ length: 5_001 }, () => 0)), /5001 events/],
  ])("refuses %s", (_, body, reason) => {
    const read = readEvents(body, noHeader);

    expect(read.ok ? "taken" : read.reason).toMatch(reason);
  });

  it("keeps what JSON makes of a key called __proto__ out of everybody's objects", () => {
    const body = `[{"eventType":"${type}","data":{"__proto__":{"resourceUri":"x"}}}]`;

    expect(readEvents(body, noHeader).ok).toBe(true);
    expect("resourceUri" in {}).toBe(false);
  });
});

describe("validationCodeOf()", () => {
  it("gives the code of Event Grid's handshake", () => {
    const validation = {
      type: "Microsoft.EventGrid.SubscriptionValidationEvent",
      data: { validationCode: "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", validationUrl: "https://example.org:553/never" },
    };

    expect(validationCodeOf([{ type, data }, validation])).toBe("512d38b6-c7b8-40c8-89fe-f46f9e9622b6");
  });

  it.each([
    ["no such event", { type, data }],
    ["no code", { type: "Microsoft.EventGrid.SubscriptionValidationEvent", data: {} }],
    [
      "a code that is no text",
      { type: "Microsoft.EventGrid.SubscriptionValidationEvent", data: { validationCode: 7 } },
    ],
    ["no data", { type: "Microsoft.EventGrid.SubscriptionValidationEvent", data: null }],
  ])("gives nothing for %s", (_, event) => {
    expect(validationCodeOf([event])).toBeUndefined();
  });
});

describe("allowSender()", () => {
  it("allows the sender that asks, at the rate that it asks for", () => {
    expect(
      allowSender(headers({ "webhook-request-origin": "eventgrid.azure.net", "webhook-request-rate": "120" })),
    ).toEqual({
      allow: "OPTIONS, POST",
      "webhook-allowed-origin": "eventgrid.azure.net",
      "webhook-allowed-rate": "120",
    });
  });

  it("allows any rate where none is asked for, or something that is no rate", () => {
    const origin = { "webhook-request-origin": "eventgrid.azure.net" };

    expect(allowSender(headers(origin))).toMatchObject({ "webhook-allowed-rate": "*" });
    expect(allowSender(headers({ ...origin, "webhook-request-rate": "many" }))).toMatchObject({
      "webhook-allowed-rate": "*",
    });
  });

  it.each([[""], ["evil.example\r\nSet-Cookie: a=b"], ["<script>"], ["a".repeat(254)]])(
    "takes %j for no handshake",
    (origin) => {
      expect(allowSender(headers({ "webhook-request-origin": origin }))).toBeUndefined();
    },
  );
});
