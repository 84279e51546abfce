// Events in Event Grid's own schema, and the handshake that goes with it.
// https://learn.microsoft.com/azure/event-grid/event-schema
import { type Fields, isFields, type ReceivedEvent } from "./received-event.ts";

const validationType = "Microsoft.EventGrid.SubscriptionValidationEvent";

/** The event, or undefined for a value of another schema. */
export function readEventGridEvent(value: Fields): ReceivedEvent | undefined {
  const { eventType, data } = value;
  return typeof eventType === "string" ? { type: eventType, data } : undefined;
}

/** The code that a validation event asks to have back, if there is such an event among these. The address in it is
 * never called: the answer is enough. */
export function validationCodeOf(events: readonly ReceivedEvent[]): string | undefined {
  const data = events.find(({ type }) => type === validationType)?.data;
  return isFields(data) && typeof data.validationCode === "string" ? data.validationCode : undefined;
}
