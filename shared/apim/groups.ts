// Groups: the list, one with its ETag, and the writes. The flat dialect calls the display name `name`.
import { redactId } from "../http/redact.ts";
import type { Apim } from "../ports.ts";
import { type PageOptions, readPages } from "./read-pages.ts";
import { type Resource, readEntity } from "./resource.ts";
import { decodeGroup } from "./wire.ts";

type Groups = Pick<Apim, "listGroups" | "getGroup" | "putGroup" | "patchGroup" | "deleteGroup">;

/** The operations on groups. */
export function createGroups(resource: Resource, pages: PageOptions): Groups {
  function named(fields: { readonly displayName?: string; readonly description?: string }) {
    const { displayName, description } = fields;
    const name = resource.dialect.shape === "flat" ? "name" : "displayName";
    return {
      ...(displayName === undefined ? {} : { [name]: displayName }),
      ...(description === undefined ? {} : { description }),
    };
  }

  return {
    listGroups(signal) {
      return readPages(resource, { action: "read the groups", path: ["groups"], decode: decodeGroup }, pages, signal);
    },

    getGroup(id, signal) {
      return readEntity(
        resource,
        { action: `read group "${redactId(id)}"`, path: ["groups", id] },
        decodeGroup,
        signal,
      );
    },

    async putGroup(id, group, signal) {
      const action = `create group "${redactId(id)}"`;
      const fields = named(group);
      const call = { action, method: "PUT", path: ["groups", id], fields, expect: [200, 201, 204] } as const;
      return (await resource.send(call, signal)).status === 201 ? "created" : "updated";
    },

    async patchGroup(id, group, etag, signal) {
      const action = `change group "${redactId(id)}"`;
      const fields = named(group);
      await resource.send({ action, method: "PATCH", path: ["groups", id], etag, fields, expect: [200, 204] }, signal);
    },

    async deleteGroup(id, etag, signal) {
      const action = `delete group "${redactId(id)}"`;
      await resource.send({ action, method: "DELETE", path: ["groups", id], etag, expect: [200, 204, 404] }, signal);
    },
  };
}
