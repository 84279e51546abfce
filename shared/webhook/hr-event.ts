// Whom an HR system's event is about. Nothing else of the event is believed or kept: it only says "look again".

export type WebhookForm = "bamboohr" | "standard";

/** `number`: by employee numbers. `id`: by ids of the system, which need not be the numbers that the rules map. */
export type Named = { readonly by: "number" | "id"; readonly values: readonly string[] };

/** Where the forms name workers. BambooHR sends the first or the second, by the kind of the webhook. */
const usualPaths: Readonly<Record<WebhookForm, Pick<Named, "by"> & { readonly paths: readonly string[] }>> = {
  bamboohr: { by: "id", paths: ["employees.id", "data.employeeId"] },
  standard: { by: "number", paths: ["data.employeeNumber"] },
};

const maxDepth = 8;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The values at the end of a dotted path; lists on the way are walked through. */
function valuesAt(value: unknown, steps: readonly string[], depth = 0): readonly unknown[] {
  if (depth > maxDepth) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, steps, depth + 1));
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  return isRecord(value) && Object.hasOwn(value, step) ? valuesAt(value[step], rest, depth) : [];
}

function textOf(value: unknown): readonly string[] {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" && text.length <= 200 ? [text.trim()] : [];
}

/** Whom the event names, each once; nobody where it has none.
 * @param path where the source's employee numbers stand, instead of the form's own places */
export function workersOfEvent(body: string, form: WebhookForm, path: string | undefined): Named {
  const event = parse(body);
  const { by, paths } = path === undefined ? usualPaths[form] : { by: "number" as const, paths: [path] };
  return { by, values: [...new Set(paths.flatMap((each) => valuesAt(event, each.split(".")).flatMap(textOf)))] };
}
