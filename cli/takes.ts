// Which flags and words each form of a command takes. What a command would not heed is refused: an answer that leaves it
// out looks like an answer to it.
import { didYouMean } from "../shared/config/did-you-mean.ts";

export const flags = {
  config: { type: "string" },
  json: { type: "boolean" },
  csv: { type: "boolean" },
  problems: { type: "boolean" },
  run: { type: "string" },
  now: { type: "string" },
  target: { type: "string" },
  source: { type: "string" },
  purpose: { type: "string" },
  worker: { type: "string" },
  subscription: { type: "string" },
  requester: { type: "string" },
  product: { type: "string" },
  fresh: { type: "boolean" },
  quick: { type: "boolean" },
  accept: { type: "string" },
  identifier: { type: "string" },
  expiry: { type: "string" },
  secret: { type: "string" },
  limit: { type: "string" },
  open: { type: "boolean" },
  day: { type: "string" },
  since: { type: "string" },
  noted: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

type Flag = keyof typeof flags;

type Form = {
  /** Beside `--config` and `--json`, which all take. */
  readonly flags: readonly Flag[];
  /** What is meant by a word that it does not take. */
  readonly hint?: string;
};

/** `ID` stands for one word of the caller's. */
const forms: Readonly<Record<string, Form>> = {
  check: { flags: [], hint: "the rules file is named with --config" },
  doctor: { flags: ["target", "quick"], hint: "the target is named with --target" },
  people: { flags: ["source", "target", "now"], hint: "the source is named with --source" },
  "people --problems": {
    flags: ["problems", "csv", "source", "target", "run", "now"],
    hint: "the source is named with --source",
  },
  plan: { flags: ["target", "purpose", "worker", "now"], hint: "the target is named with --target" },
  apply: { flags: ["target", "purpose", "worker", "accept"], hint: "the target is named with --target" },
  decide: {
    flags: ["subscription", "requester", "product", "fresh", "target", "now"],
    hint: "the subscription is named with --subscription",
  },
  runs: { flags: ["target", "limit"] },
  "runs ID": { flags: [] },
  "runs cancel ID": { flags: [] },
  requests: { flags: ["target", "open", "limit"] },
  "requests ID": { flags: ["target"] },
  "requests retry ID": { flags: ["target"] },
  audit: { flags: ["subscription", "target", "since"], hint: "the subscription is named with --subscription" },
  "audit verify": { flags: ["target", "day", "since", "noted"] },
  token: { flags: ["identifier", "expiry", "secret", "now"] },
};

const ofAll: readonly Flag[] = ["config", "json"];

/** The name of the form that is meant; undefined for a command that there is not. */
function formOf(command: string, operands: readonly string[], problems: boolean): string | undefined {
  const [first] = operands;
  const names = [
    ...(problems ? [`${command} --problems`] : []),
    ...(first === undefined ? [] : [`${command} ${first}`, `${command} ${first} ID`, `${command} ID`]),
    command,
  ];
  return names.find((name) => Object.hasOwn(forms, name));
}

/** The words of a form after the command's. */
function wordsOf(form: string): readonly string[] {
  return form
    .split(" ")
    .slice(1)
    .filter((word) => !word.startsWith("--"));
}

/** Another form of the command that the words may have been meant for. */
function nearForm(command: string, [first = ""]: readonly string[]): string | undefined {
  const own = Object.keys(forms).filter((form) => form.startsWith(`${command} `));
  const near = didYouMean(
    first,
    own.map((form) => wordsOf(form)[0] ?? "").filter((word) => word !== "ID"),
  );
  return own.find((form) => near !== undefined && wordsOf(form)[0] === near);
}

function wordProblem(command: string, form: string, operands: readonly string[]): string | undefined {
  const taken = wordsOf(form).length;
  const over = operands.slice(taken);
  if (over.length === 0) return undefined;
  const near = nearForm(command, operands);
  const hint = forms[form]?.hint;
  const help = near !== undefined ? `; did you mean "${near}"?` : hint === undefined ? "" : `; ${hint}`;
  const found = over.map((word) => `"${word}"`).join(", ");
  return `"${form}" takes no ${taken === 0 ? "words" : "more words"}, found ${found}${help}`;
}

function flagProblem(form: string, given: readonly string[]): string | undefined {
  const taken: readonly string[] = [...ofAll, ...(forms[form]?.flags ?? [])];
  const over = given.find((name) => !taken.includes(name));
  if (over === undefined) return undefined;
  const others = Object.keys(forms).filter((other) => forms[other]?.flags.some((flag) => flag === over));
  const where = others.map((other) => `"${other}"`).join(", ");
  const expected = taken.map((name) => `--${name}`).join(", ");
  return `"${form}" does not take --${over}, which goes with ${where}; expected ${expected}`;
}

/** What stands on the command line that the command would not heed; undefined where it heeds everything. */
export function unheeded(
  command: string,
  operands: readonly string[],
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  const form = formOf(command, operands, values.problems === true);
  if (form === undefined) return undefined;
  return wordProblem(command, form, operands) ?? flagProblem(form, Object.keys(values));
}

/** What is wrong with a flag that there is not. */
export function unknownFlag(flag: string): string {
  const near = didYouMean(flag.replace(/^-+/, ""), Object.keys(flags));
  return `there is no ${flag}${near === undefined ? ", expected one that rollcall --help lists" : `; did you mean "--${near}"?`}`;
}
