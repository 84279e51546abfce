// Names that may hold anything, as texts that table keys and blob names can hold.
import { createHash } from "node:crypto";

// A key has at most 512 UTF-16 units, and a partition key carries a prefix as well.
const maxLength = 400;
const kept = 300;

/** A text of `A-Z a-z 0-9 - _ = ~` for any name; different names give different texts. Table keys forbid `/ \ # ?` and
 * control characters, and `.` is a step in a URL's path.
 * https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#characters-disallowed-in-key-fields */
export function storageKey(name: string): string {
  // By UTF-16 unit, so that half of a surrogate pair has a text of its own as well.
  const key = name.replace(/[^A-Za-z0-9_-]/g, (unit) => `=${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (key === "") return "=";
  if (key.length <= maxLength) return key;
  return `${key.slice(0, kept)}~${createHash("sha256").update(key).digest("hex")}`;
}
