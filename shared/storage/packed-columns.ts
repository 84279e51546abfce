// A long text in the columns of a row. A column holds 64 KiB and a row 1 MiB, so it is compressed and cut.
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

const bytesPerColumn = 60_000;

/** The text as columns `part0`, `part1` … */
export async function packColumns(text: string): Promise<Record<string, Uint8Array>> {
  const bytes = await promisify(gzip)(text);
  const count = Math.ceil(bytes.length / bytesPerColumn);
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `part${index}`,
      bytes.subarray(index * bytesPerColumn, (index + 1) * bytesPerColumn),
    ]),
  );
}

/** The text of a row's columns; undefined where it has none. */
export async function unpackColumns(row: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  for (let part = row.part0; part instanceof Uint8Array; part = row[`part${parts.length}`]) parts.push(part);
  if (parts.length === 0) return undefined;
  return (await promisify(gunzip)(Buffer.concat(parts))).toString("utf8");
}
