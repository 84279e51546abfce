// Products with the groups that see them.
import type { Product } from "../core/directory.ts";
import { redactId } from "../http/redact.ts";
import type { Apim } from "../ports.ts";
import { readEach } from "./read-each.ts";
import { type PageOptions, readPages } from "./read-pages.ts";
import { type Resource, readEntity } from "./resource.ts";
import { decodeId, decodeProduct, type ReadProduct } from "./wire.ts";

/** The reading of products. */
export function createProducts(resource: Resource, pages: PageOptions): Pick<Apim, "listProducts" | "getProduct"> {
  async function withGroups(product: ReadProduct, signal: AbortSignal): Promise<Product> {
    if (product.groups !== undefined) return { ...product, groups: product.groups };
    const action = `read the groups of product "${redactId(product.id)}"`;
    const decode = (raw: unknown) => ({ id: decodeId(raw) });
    const groups = await readPages(
      resource,
      { action, path: ["products", product.id, "groups"], decode },
      pages,
      signal,
    );
    return { ...product, groups: groups.map(({ id }) => id) };
  }

  return {
    async listProducts(signal) {
      const query = resource.dialect.expandsGroups ? { expandGroups: "true" } : {};
      const collection = { action: "read the products", path: ["products"], query, decode: decodeProduct };
      const products = await readPages(resource, collection, pages, signal);
      return readEach(products, withGroups, signal);
    },

    async getProduct(id, signal) {
      const call = { action: `read product "${redactId(id)}"`, path: ["products", id] };
      const read = await readEntity(resource, call, decodeProduct, signal);
      return read === undefined ? undefined : withGroups({ ...read.value, groups: undefined }, signal);
    },
  };
}
