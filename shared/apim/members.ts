// Who is in a group, and which group sees a product. Neither has an ETag: a write that is so already changes nothing.
// What an earlier attempt may have done counts as done by this write: only its answer was lost.
import { redactId } from "../http/redact.ts";
import type { Serialiser } from "../http/serialise-by-key.ts";
import type { Apim } from "../ports.ts";
import type { Resource } from "./resource.ts";
import { userKey } from "./user-key.ts";

type Members = Pick<Apim, "addMember" | "removeMember" | "addProductGroup" | "removeProductGroup">;

/** The writes of memberships and product links. Those that touch one user run one after the other. */
export function createMembers(resource: Resource, serialise: Serialiser): Members {
  async function add(action: string, path: readonly string[], signal: AbortSignal): Promise<"added" | "present"> {
    const response = await resource.send({ action, method: "PUT", path, expect: [200, 201, 204] }, signal);
    return response.status === 201 || response.mayBeDone === true ? "added" : "present";
  }

  /** Old versions answer 204 also for what they removed; a missing group has no members either. */
  async function remove(action: string, path: readonly string[], signal: AbortSignal): Promise<"removed" | "absent"> {
    const response = await resource.send({ action, method: "DELETE", path, expect: [200, 204, 404] }, signal);
    if (response.mayBeDone === true) return "removed";
    const { status } = response;
    return status === 200 || (status === 204 && !resource.dialect.removalTells) ? "removed" : "absent";
  }

  return {
    addMember(groupId, userId, signal) {
      const action = `add user "${redactId(userId)}" to group "${redactId(groupId)}"`;
      return serialise([userKey(userId)], () => add(action, ["groups", groupId, "users", userId], signal), signal);
    },
    removeMember(groupId, userId, signal) {
      const action = `remove user "${redactId(userId)}" from group "${redactId(groupId)}"`;
      return serialise([userKey(userId)], () => remove(action, ["groups", groupId, "users", userId], signal), signal);
    },
    addProductGroup(productId, groupId, signal) {
      const action = `link group "${redactId(groupId)}" to product "${redactId(productId)}"`;
      return add(action, ["products", productId, "groups", groupId], signal);
    },
    removeProductGroup(productId, groupId, signal) {
      const action = `unlink group "${redactId(groupId)}" from product "${redactId(productId)}"`;
      return remove(action, ["products", productId, "groups", groupId], signal);
    },
  };
}
