// The least that anybody has to do who reads a CSV file with this parser: take the records and count them.
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import type { Facts } from "./task.ts";

/** Records as arrays of cells, the parser's cheapest form. */
export async function parseCsv(file: string): Promise<Facts> {
  let rows = -1;
  const parser = parse();
  parser.on("data", () => {
    rows += 1;
  });
  await pipeline(createReadStream(file), parser);
  return { rows };
}
