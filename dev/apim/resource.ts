// The ARM envelope.
import type { Call } from "./call.ts";

/** `{id, type, name, properties}` of the entity with this id in this collection, e.g. `groups/{id}/users`; the type is
 * the collection without its ids. */
export function resource(call: Call, collection: string, id: string, properties: unknown): unknown {
  const names = collection.split("/").filter((_segment, index) => index % 2 === 0);
  const type = ["Microsoft.ApiManagement/service", ...names].join("/");
  return { id: `${call.base}/${collection}/${id}`, type, name: id, properties };
}
