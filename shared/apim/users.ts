// Users: the whole list with groups, one with its ETag, and the writes.
import type { User } from "../core/directory.ts";
import { redactId } from "../http/redact.ts";
import type { Serialiser } from "../http/serialise-by-key.ts";
import type { Apim, Clock } from "../ports.ts";
import { followDelete } from "./follow-delete.ts";
import { readEach } from "./read-each.ts";
import { type PageOptions, readPages } from "./read-pages.ts";
import { type Resource, readEntity } from "./resource.ts";
import { userKey } from "./user-key.ts";
import { createUserDecoder, decodeId, decodeToken, parseJson, type ReadUser } from "./wire.ts";

type Users = Pick<
  Apim,
  "listUsers" | "listUserGroups" | "getUser" | "putUser" | "patchUser" | "deleteUser" | "createUserToken"
>;

export type UserOptions = {
  readonly resource: Resource;
  readonly serialise: Serialiser;
  readonly clock: Clock;
  readonly pages: PageOptions;
  readonly listGroups: Apim["listGroups"];
};

/** The operations on users. Writes that touch one user run one after the other. */
export function createUsers(options: UserOptions): Users {
  const { clock, pages, resource, serialise } = options;

  /** For versions that do not expand: the members of each group that is not built in. */
  async function withGroupsRead(users: readonly ReadUser[], signal: AbortSignal): Promise<readonly User[]> {
    const groups = (await options.listGroups(signal)).filter((group) => !group.builtIn);
    const groupsByUser = new Map<string, string[]>(users.map((user) => [user.id, []]));
    const members = await readEach(groups, (group, either) => readMembers(group.id, either), signal);
    for (const [index, group] of groups.entries()) {
      for (const { id } of members[index] ?? []) groupsByUser.get(id)?.push(group.id);
    }
    return users.map((user) => ({ ...user, groups: groupsByUser.get(user.id) ?? [] }));
  }

  function readMembers(groupId: string, signal: AbortSignal): Promise<readonly { readonly id: string }[]> {
    const action = `read the members of group "${redactId(groupId)}"`;
    const decode = (raw: unknown) => ({ id: decodeId(raw) });
    return readPages(resource, { action, path: ["groups", groupId, "users"], decode }, pages, signal);
  }

  return {
    async listUsers(signal) {
      const query = resource.dialect.expandsGroups ? { expandGroups: "true" } : {};
      const collection = { action: "read the users", path: ["users"], query, decode: createUserDecoder() };
      const users = await readPages(resource, collection, pages, signal);
      // A service that ignored the parameter must not look like one whose users are in no group.
      return users.every(hasGroups) ? users : withGroupsRead(users, signal);
    },

    async listUserGroups(userId, signal) {
      const action = `read the groups of user "${redactId(userId)}"`;
      const decode = (raw: unknown) => ({ id: decodeId(raw) });
      const groups = await readPages(resource, { action, path: ["users", userId, "groups"], decode }, pages, signal);
      return groups.map(({ id }) => id);
    },

    /** The service does not expand the groups of one user: `groups` is empty, read the list where they matter. */
    async getUser(id, signal) {
      const call = { action: `read user "${redactId(id)}"`, path: ["users", id] };
      return readEntity(resource, call, (raw) => ({ ...createUserDecoder()(raw), groups: [] }), signal);
    },

    async putUser(id, user, signal) {
      const { email, firstName, lastName, note } = user;
      const call = {
        action: `create user "${redactId(id)}"`,
        method: "PUT",
        path: ["users", id],
        // No `confirmation` in the fields either: that is what mails an invitation.
        query: { notify: "false" },
        fields: { email, firstName, lastName, note, state: "active" },
        expect: [200, 201, 204],
      } as const;
      const response = await serialise([userKey(id)], () => resource.send(call, signal), signal);
      return response.status === 201 ? "created" : "updated";
    },

    async patchUser(id, fields, etag, signal) {
      const action = `change user "${redactId(id)}"`;
      const call = { action, method: "PATCH", path: ["users", id], etag, fields, expect: [200, 204] } as const;
      await serialise([userKey(id)], () => resource.send(call, signal), signal);
    },

    async createUserToken(id, expiresAt, signal) {
      const action = `make a token for user "${redactId(id)}"`;
      const fields = { keyType: "primary", expiry: new Date(expiresAt).toISOString() };
      const call = { action, method: "POST", path: ["users", id, "token"], fields, expect: [200] } as const;
      const response = await resource.send(call, signal);
      return decodeToken(parseJson(response.body, action));
    },

    async deleteUser(id, etag, signal) {
      const action = `delete user "${redactId(id)}"`;
      const query = { deleteSubscriptions: "true", notify: "false" };
      const expect = [200, 202, 204, 404];
      const call = { action, method: "DELETE", path: ["users", id], query, etag, expect } as const;
      await serialise(
        [userKey(id)],
        async () => {
          const response = await resource.send(call, signal);
          if (response.status === 202) await followDelete(resource, { action, response }, clock, signal);
        },
        signal,
      );
    },
  };
}

function hasGroups(user: ReadUser): user is User {
  return user.groups !== undefined;
}
