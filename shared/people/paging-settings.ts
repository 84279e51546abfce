// The ways in which HR systems page, as settings of the `json` kind and as data of every kind that reads an endpoint.
import { z } from "zod";

const parameter = z.string().min(1).describe("Name of the parameter in the query, or its dotted path in the body");
const place = z
  .enum(["query", "body"])
  .default("query")
  .describe("Where the parameters of the paging go: the query, or the body of a POST");
const pages = z.string().min(1).optional().describe("Path of the number of all pages, if the source gives one");

export const pagingSettings = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({
      kind: z.literal("nextLink"),
      path: z.string().min(1).optional().describe("Where the next address stands; left out for the Link header"),
    }),
    z.strictObject({
      kind: z.literal("cursor"),
      path: z.string().min(1).describe("Where the next cursor stands"),
      param: parameter,
      in: place,
    }),
    z.strictObject({
      kind: z.literal("offset"),
      param: parameter,
      first: z.int().min(0).default(0).describe("The first row's number: 0, or 1 as in SCIM"),
      limitParam: parameter.optional(),
      limit: z.int().min(1).optional().describe("Rows asked for at a time, sent as limitParam"),
      in: place,
      pages,
    }),
    z.strictObject({
      kind: z.literal("page"),
      param: parameter,
      first: z.int().min(0).default(1).describe("The first page's number"),
      sizeParam: parameter.optional(),
      size: z.int().min(1).optional().describe("Rows asked for at a time, sent as sizeParam"),
      in: place,
      pages,
    }),
  ])
  .default({ kind: "none" });

/** How the pages of an endpoint follow each other; what has a default may be left out. */
export type Paging = z.input<typeof pagingSettings>;
