// The settings of a JSON source, beside those that every source has: a paged HTTP endpoint, or one document.
import { z } from "zod";
import { authenticationSettings, headerSettings } from "./authentication-settings.ts";

const parameter = z.string().min(1).describe("Name of a query parameter");

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
    }),
    z.strictObject({
      kind: z.literal("offset"),
      param: parameter,
      first: z.int().min(0).default(0).describe("The first row's number: 0, or 1 as in SCIM"),
      limitParam: parameter.optional(),
      limit: z.int().min(1).optional().describe("Rows asked for at a time, sent as limitParam"),
    }),
    z.strictObject({
      kind: z.literal("page"),
      param: parameter,
      first: z.int().min(0).default(1).describe("The first page's number"),
      sizeParam: parameter.optional(),
      size: z.int().min(1).optional().describe("Rows asked for at a time, sent as sizeParam"),
    }),
  ])
  .default({ kind: "none" });

export type Paging = z.output<typeof pagingSettings>;

export const jsonSettings = z
  .strictObject({
    url: z.string().min(1).optional().describe("The endpoint: https://… (http:// only on this machine)"),
    location: z
      .string()
      .min(1)
      .optional()
      .describe("In place of url, one document: a path, an https:// address, or blob://account/container/name"),
    items: z.string().default("").describe("Path of the list in the document; empty when the document is the list"),
    total: z.string().min(1).optional().describe("Path of the number of all items, if the source gives one"),
    paging: pagingSettings,
    authentication: authenticationSettings,
    headers: headerSettings,
  })
  .refine(({ url, location }) => (url === undefined) !== (location === undefined), {
    message: "expected one of url and location",
    path: ["url"],
  });

export type JsonSettings = z.output<typeof jsonSettings>;
