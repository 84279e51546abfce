// The body of a delivery: one event or many, in either schema. The shape decides, not the content type, because proxies
// and tests rewrite that.
import { readBinaryCloudEvent, readCloudEvent } from "./cloud-events.ts";
import { readEventGridEvent } from "./event-grid.ts";
import { isFields, type ReceivedEvent } from "./received-event.ts";

/** Event Grid sends at most 5,000 events in one delivery. */
const mostEvents = 5_000;

export type ReadEvents =
  | { readonly ok: true; readonly events: readonly ReceivedEvent[]; readonly unreadable: number }
  /** Nothing in the body can be an event: what a repeated delivery would not mend. */
  | { readonly ok: false; readonly reason: string };

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Never throws. An entry that is no event is counted and takes none of the others with it. */
export function readEvents(body: string, header: (name: string) => string | undefined): ReadEvents {
  const parsed = parse(body);
  if (parsed === undefined)
    return { ok: false, reason: "the body is not JSON, expected one event or a list of events" };
  const { value } = parsed;
  const binary = readBinaryCloudEvent(header, value);
  if (binary !== undefined) return { ok: true, events: [binary], unreadable: 0 };
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (entries.length > mostEvents)
    return { ok: false, reason: `the body holds ${entries.length} events, expected at most ${mostEvents}` };
  const events = entries
    .filter(isFields)
    .map((entry) => readEventGridEvent(entry) ?? readCloudEvent(entry))
    .filter((event) => event !== undefined);
  if (entries.length > 0 && events.length === 0)
    return { ok: false, reason: "the body holds no event, expected the schema of Event Grid or CloudEvents 1.0" };
  return { ok: true, events, unreadable: entries.length - events.length };
}
