// What the rules say of one HR source, whatever its kind. The settings of a kind stand beside it in the same entry.
import type { MappableField } from "../core/person.ts";

/** Which words of a column mean which status. Compared trimmed and without regard to case. */
export type StatusWords = {
  readonly column: string;
  readonly active: readonly string[];
  readonly onLeave?: readonly string[] | undefined;
  readonly ended?: readonly string[] | undefined;
};

/** What a read must be to count as complete. The percentage is against the last complete read. */
export type Expectations = {
  readonly minRows?: number | undefined;
  readonly maxShrinkPercent: number;
  readonly maxAgeHours?: number | undefined;
};

export type SourceConfig = {
  readonly name: string;
  readonly kind: string;
  /** The number space of workers whose row names none. */
  readonly numberSpace: string;
  /** A field from a column (CSV: its name in the header; JSON: a dotted path). */
  readonly columns: { readonly [F in MappableField]?: string | undefined };
  /** A field from a CEL expression over the raw row. */
  readonly map: { readonly [F in MappableField]?: string | undefined };
  readonly status?: StatusWords | undefined;
  readonly expect: Expectations;
};
