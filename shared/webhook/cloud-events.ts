// Events in the schema CloudEvents 1.0, structured and binary, and the handshake that goes with it.
// https://github.com/cloudevents/spec/blob/v1.0/http-protocol-binding.md, …/http-webhook.md
import { type Fields, isFields, type ReceivedEvent } from "./received-event.ts";

type HeaderReader = (name: string) => string | undefined;

/** The event, or undefined for a value of another schema. Microsoft's page on API Management prints the attributes with
 * capitals, CloudEvents itself without: both are taken. */
export function readCloudEvent(value: Fields): ReceivedEvent | undefined {
  const { specversion = value.SpecVersion, type = value.Type, data = value.Data } = value;
  return typeof specversion === "string" && typeof type === "string" ? { type, data } : undefined;
}

/** An event whose attributes stand in headers and whose body is its data; undefined where the headers are not there. */
export function readBinaryCloudEvent(header: HeaderReader, body: unknown): ReceivedEvent | undefined {
  const type = header("ce-type");
  if (header("ce-specversion") === undefined || type === undefined) return undefined;
  return isFields(body) ? { type, data: body } : undefined;
}

/** What a sender is told that asks whether it may send; undefined where it does not say who it is, which is no
 * handshake. The address for a later answer (`WebHook-Request-Callback`) is never called. */
export function allowSender(header: HeaderReader): Readonly<Record<string, string>> | undefined {
  const origin = header("webhook-request-origin")?.trim() ?? "";
  if (!/^[A-Za-z0-9._:-]{1,253}$/.test(origin)) return undefined;
  const rate = header("webhook-request-rate")?.trim() ?? "";
  return {
    allow: "OPTIONS, POST",
    "webhook-allowed-origin": origin,
    "webhook-allowed-rate": /^[1-9]\d{0,8}$/.test(rate) ? rate : "*",
  };
}
