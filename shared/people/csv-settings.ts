// The settings of a CSV source, beside those that every source has.
import { z } from "zod";
import { authenticationSettings, headerSettings } from "./authentication-settings.ts";
import { csvDelimiters } from "./csv-header.ts";
import { textEncodings } from "./text-encoding.ts";

export const csvSettings = z.strictObject({
  location: z
    .string()
    .min(1)
    .describe("Where the file is: a path, an https:// address, or blob://account/container/name"),
  encoding: z.enum(textEncodings).default("utf-8").describe("Encoding of the file; a byte order mark counts before it"),
  delimiter: z
    .enum(csvDelimiters)
    .optional()
    .describe("What separates fields; found in the header when it is left out"),
  quote: z.enum(['"', "'", ""]).default('"').describe("What encloses fields; nothing for a file without quotes"),
  authentication: authenticationSettings,
  headers: headerSettings,
});

export type CsvSettings = z.output<typeof csvSettings>;
