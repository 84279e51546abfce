// The settings of a JSON source, beside those that every source has: a paged HTTP endpoint, or one document.
import { z } from "zod";
import { authenticationSettings, headerSettings } from "./authentication-settings.ts";
import { pagingSettings } from "./paging-settings.ts";

export const jsonSettings = z
  .strictObject({
    url: z.string().min(1).optional().describe("The endpoint: https://… (http:// only on this machine)"),
    location: z
      .string()
      .min(1)
      .optional()
      .describe("In place of url, one document: a path, an https:// address, or blob://account/container/name"),
    method: z.enum(["GET", "POST"]).default("GET").describe("POST for an endpoint that searches"),
    body: z.record(z.string(), z.unknown()).optional().describe("What a POST sends, as JSON"),
    worker: z
      .string()
      .regex(/^[^?]*\?.*\{employeeNumber\}/, "Expected an address with {employeeNumber} in its query")
      .optional()
      .describe("Address that gives the list for one worker, with {employeeNumber} in its query"),
    items: z.string().default("").describe("Path of the list in the document; empty when the document is the list"),
    total: z.string().min(1).optional().describe("Path of the number of all items, if the source gives one"),
    id: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Path of an item's own id, by which it is known again on another page; all that it holds unless stated",
      ),
    paging: pagingSettings,
    authentication: authenticationSettings,
    headers: headerSettings,
  })
  .refine(({ url, location }) => (url === undefined) !== (location === undefined), {
    message: "expected one of url and location",
    path: ["url"],
  })
  .refine(({ url, worker }) => worker === undefined || url !== undefined, {
    message: "expected an address for one worker only beside url",
    path: ["worker"],
  })
  .refine(({ method, body }) => method === "POST" || body === undefined, {
    message: "expected a body only with method: POST",
    path: ["body"],
  });

export type JsonSettings = z.output<typeof jsonSettings>;
