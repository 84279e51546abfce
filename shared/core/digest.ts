// The name of a plan: the same changes have the same digest, on every machine and in every order of the input.
import { createHash } from "node:crypto";
import type { Change } from "./change.ts";

/** JSON with the keys of every object sorted, no spaces; what is undefined is left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(",")}}`;
}

/** SHA-256, hexadecimal, of what the plan would do: no reasons, no times, no ETags. */
export function digest(plan: {
  readonly format: string;
  readonly target: string;
  readonly owner: string;
  readonly changes: readonly Change[];
}): string {
  const changes = plan.changes.map(({ kind, key, before, after }) => ({ kind, key, before, after }));
  const text = canonicalJson({ format: plan.format, target: plan.target, owner: plan.owner, changes });
  return createHash("sha256").update(text, "utf8").digest("hex");
}
