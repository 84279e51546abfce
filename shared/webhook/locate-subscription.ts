// Which subscription of which target an event is about. The event gives the address of a resource; of that address only
// the last segment goes on, as an id, and only where everything before it is the target's own resource id.
import { isFields, type ReceivedEvent } from "./received-event.ts";

export type EventTarget = { readonly name: string; readonly resourceId: string };

export type Located =
  | { readonly kind: "subscription"; readonly target: string; readonly subscription: string }
  /** Of another kind, or about another service, host or path. */
  | { readonly kind: "otherType" | "otherService" };

/** A deleted subscription is looked at too: a request for it is withdrawn. */
const types = /^Microsoft\.ApiManagement\.Subscription(?:Created|Updated|Deleted)$/;

// Of API Management's rule for ids, and nothing that a path or a log could read as something else.
const idForm = /^(?!\.{1,2}$)[^*#&+:<>?/\\%\s\p{C}]{1,256}$/u;

function isBelow(uri: string, root: string): boolean {
  return uri.length > root.length + 1 && uri.toLowerCase().startsWith(`${root.toLowerCase()}/`);
}

/** Where to look. The event's own time, subject and topic do not count. */
export function locateSubscription({ type, data }: ReceivedEvent, targets: readonly EventTarget[]): Located {
  if (!types.test(type)) return { kind: "otherType" };
  const uri = isFields(data) ? data.resourceUri : undefined;
  if (typeof uri !== "string") return { kind: "otherService" };
  const target = targets.find(({ resourceId }) => isBelow(uri, resourceId));
  if (target === undefined) return { kind: "otherService" };
  const [collection = "", id = "", ...rest] = uri.slice(target.resourceId.length + 1).split("/");
  const isSubscription = collection.toLowerCase() === "subscriptions" && rest.length === 0 && idForm.test(id);
  return isSubscription ? { kind: "subscription", target: target.name, subscription: id } : { kind: "otherService" };
}
