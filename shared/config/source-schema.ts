// What the rules say of an HR source: a part that all kinds share, and the settings of its kind beside it.
import { z } from "zod";
import { mappableFields } from "../core/person.ts";
import type { Expressions } from "./expressions.ts";
import { checkedText, secretName, shortName } from "./rules-fields.ts";

const fieldName = z.enum(mappableFields);
const columnName = z.string().min(1).max(500);
const words = z.array(z.string().min(1).max(200)).max(1_000);

/** The settings of each kind of source, by the kind's name. */
export type SourceSchemas = Readonly<Record<string, z.ZodObject>>;

/** The part of a source that all kinds share. `map` is compiled when it is checked. */
export function sourceCommon(expressions: Expressions) {
  const expression = checkedText((text) => {
    const compiled = expressions.rowValue(text);
    return compiled.ok ? undefined : compiled.reason;
  });
  return z.strictObject({
    name: shortName.meta({ description: "Names the source in reports." }),
    kind: z.string().meta({ description: "What the source is: its file format or system." }),
    numberSpace: z.string().min(1).max(64).default("employee").meta({
      description: "Keeps numbers apart that different systems give, such as employee and contingent numbers.",
    }),
    columns: z.partialRecord(fieldName, columnName).default({}).meta({
      description: "A person's field from a column (CSV) or a dotted path (JSON).",
    }),
    map: z.partialRecord(fieldName, expression).default({}).meta({
      description: "A person's field from a CEL expression over `row`.",
    }),
    status: z
      .strictObject({
        column: columnName.meta({ description: "The column (CSV) or path (JSON) of the words." }),
        active: words
          .min(1)
          .meta({ description: "Words for people at work. Spaces around a word and capitals do not count." }),
        onLeave: words.default([]).meta({ description: "Words for people who are away and keep their account." }),
        ended: words.default([]).meta({ description: "Words for people who have left." }),
      })
      .optional()
      .meta({
        description:
          "Which words of a column mean which status. Any other word is unknown: reported, never blocked. Absent: everybody is active until the end date.",
      }),
    webhook: z
      .strictObject({
        form: z.enum(["bamboohr", "standard"]).meta({
          description: "How its events are signed: BambooHR's own way, or as Standard Webhooks.",
        }),
        secrets: z.array(secretName).min(1).max(5).meta({
          description: "Names of the secrets with the signing keys; several while one is replaced.",
        }),
        worker: z.string().min(1).max(200).optional().meta({
          description:
            "Where an event has the employee number, as a dotted path. Absent: where the form has it, or the system's own id, of which the source is asked for the number.",
        }),
      })
      .optional()
      .meta({ description: "The source tells at `/api/events/hr/NAME` that something changed. Absent: it does not." }),
    expect: z
      .strictObject({
        minRows: z.int().min(0).optional().meta({ description: "Fewer rows make a read incomplete." }),
        maxShrinkPercent: z.number().min(0).max(100).default(20).meta({
          description: "A read that shrank by more since the last complete one is incomplete.",
        }),
        maxAgeHours: z.number().positive().optional().meta({ description: "An older file or answer is incomplete." }),
      })
      .prefault({})
      .meta({ description: "What a read must be to count as complete. Nobody leaves by an incomplete read." }),
  });
}

/** One entry of `sources`: the shared part and the settings of its kind. */
export function sourceEntry(expressions: Expressions, sourceSchemas: SourceSchemas): z.ZodType {
  const common = sourceCommon(expressions).shape;
  const [first, ...rest] = Object.entries(sourceSchemas).map(([kind, settings]) =>
    z.strictObject({ ...common, kind: z.literal(kind), ...settings.shape }),
  );
  return first === undefined ? z.never() : z.discriminatedUnion("kind", [first, ...rest]);
}
