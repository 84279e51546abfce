// ETags as the service writes them: a quoted base64 row version of 8 bytes; users and tenant access have two of them.

/** The ETag of a record with this row version. */
export function etagOf(version: number, rows: 1 | 2 = 1): string {
  const bytes = Buffer.alloc(8 * rows);
  for (let row = 0; row < rows; row += 1) bytes.writeBigUInt64BE(BigInt(version + row), 8 * row);
  return `"${bytes.toString("base64")}"`;
}
