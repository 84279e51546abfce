// Gets the rules from where the settings say, checks them as a whole, and keeps them for a minute: a run sees a change
// of the file soon, and a hundred targets do not read it a hundred times.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AppError } from "../core/errors.ts";
import { createSingleFlight } from "../http/single-flight.ts";
import type { OpenBlob } from "../people/source-deps.ts";
import type { Clock } from "../ports.ts";
import type { CompiledRequestPolicy } from "./approvals.ts";
import type { RulesCheck } from "./check-rules.ts";
import type { Expressions } from "./expressions.ts";
import { type ProblemAt, parseRules, type Rules, rulesError } from "./rules.ts";
import type { RulesLocation } from "./settings.ts";
import type { SourceSchemas } from "./source-schema.ts";

const cacheMs = 60_000;

export type OpenedRules = {
  readonly rules: Rules;
  readonly expressions: Expressions;
  readonly fileName: string;
  /** Of the file's text: another one means other rules. */
  readonly digest: string;
  readonly at: ProblemAt;
  /** The cases in the rules, and warnings about them. */
  readonly check: () => Promise<RulesCheck>;
  /** What they say of requests at the target of this name; undefined where they say nothing. */
  readonly requestPolicy: (target: string) => Promise<CompiledRequestPolicy | undefined>;
};

export type RulesDeps = {
  readonly clock: Clock;
  readonly openBlob: OpenBlob;
  readonly expressions: () => Promise<Expressions>;
  readonly sourceSchemas: () => Promise<SourceSchemas>;
};

async function readText(location: RulesLocation, openBlob: OpenBlob, signal: AbortSignal): Promise<string> {
  if (location.kind === "file") {
    try {
      return await readFile(location.path, "utf8");
    } catch (cause) {
      throw new AppError(
        "CONFIG_INVALID",
        `Cannot read the rules: there is no readable file "${location.path}"; name it in ROLLCALL_RULES`,
        { cause },
      );
    }
  }
  const { stream } = await openBlob(location, signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function nameOf(location: RulesLocation): string {
  return location.kind === "file" ? location.path : `blob://${location.account}/${location.container}/${location.name}`;
}

/** A reader of the rules. A caller that stops leaves alone those who wait for the same reading. While the text is the
 * same it gives the same rules. @throws CONFIG_INVALID with every problem and its line; SOURCE_UNAVAILABLE for a blob;
 * ABORTED */
export function createRulesReader(
  location: RulesLocation,
  deps: RulesDeps,
): (signal: AbortSignal) => Promise<OpenedRules> {
  const flight = createSingleFlight<OpenedRules>();
  let kept: { readonly at: number; readonly opened: OpenedRules } | undefined;

  const open = async (signal: AbortSignal): Promise<OpenedRules> => {
    const fileName = nameOf(location);
    const [text, expressions, sourceSchemas] = await Promise.all([
      readText(location, deps.openBlob, signal),
      deps.expressions(),
      deps.sourceSchemas(),
    ]);
    const digest = createHash("sha256").update(text).digest("hex");
    // What others have made of these very rules stays of use.
    if (kept?.opened.digest === digest) return kept.opened;
    const result = parseRules(text, fileName, { expressions, sourceSchemas });
    if (!result.ok) throw rulesError(result.problems);
    const { rules, at } = result;
    return {
      rules,
      expressions,
      fileName,
      digest,
      at,
      check: async () => (await import("./check-rules.ts")).checkRules({ rules, expressions, at }),
      requestPolicy: async (target) => (await import("./approvals.ts")).createRequestPolicy(rules, expressions, target),
    };
  };

  /** What failed is not kept: the next caller looks again. */
  const read = async (signal: AbortSignal): Promise<OpenedRules> => {
    const at = deps.clock.now();
    const opened = await open(signal);
    kept = { at, opened };
    return opened;
  };

  return async (signal) => {
    if (kept !== undefined && deps.clock.now() - kept.at < cacheMs) return kept.opened;
    return await flight(read, signal);
  };
}
