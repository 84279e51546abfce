// The body of `POST /api/sync`. A bad one is answered with every problem at once.
import { z } from "zod";
import { workerKeyForm } from "../core/person.ts";
import type { RunRequest } from "../core/run.ts";

const schema = z.strictObject({
  target: z.string({ error: "expected the name of a target" }).min(1, "expected the name of a target"),
  mode: z.enum(["plan", "apply"], { error: 'expected "plan" or "apply"' }),
  purpose: z.enum(["sync", "delete"], { error: 'expected "sync" or "delete"' }).default("sync"),
  accept: z
    .string({ error: "expected the digest of a stored plan" })
    .regex(/^[0-9a-f]{64}$/, "expected the digest of a stored plan: 64 hexadecimal digits")
    .optional(),
  worker: z
    .string({ error: "expected a worker's key" })
    .regex(workerKeyForm, "expected a worker's key: number space and number, joined by a slash")
    .optional(),
});

export type BodyProblem = { readonly field: string; readonly reason: string };

export type SyncBody =
  | { readonly ok: true; readonly request: RunRequest }
  | { readonly ok: false; readonly problems: readonly BodyProblem[] };

function refuse(...problems: readonly BodyProblem[]): SyncBody {
  return { ok: false, problems };
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function issueProblems(issue: z.core.$ZodIssue): readonly BodyProblem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      field: key,
      reason: "is not known; expected target, mode, purpose, accept, worker",
    }));
  return [
    {
      field: issue.path.join(".") || "body",
      reason: issue.path.length === 0 ? "expected a JSON object" : issue.message,
    },
  ];
}

/** The request in the body, or every problem with it. `targets` are the names in the rules. */
export function parseSyncBody(text: string, targets: readonly string[]): SyncBody {
  const json = parseJson(text);
  if (json === undefined)
    return refuse({ field: "body", reason: "is not JSON; expected an object with target and mode" });
  const parsed = schema.safeParse(json.value);
  const problems = (parsed.error?.issues ?? []).flatMap(issueProblems);
  const named = z
    .looseObject({ target: z.string(), mode: z.string().optional(), accept: z.unknown().optional() })
    .safeParse(json.value).data;
  if (named !== undefined && named.target !== "" && !targets.includes(named.target)) {
    problems.push({
      field: "target",
      reason: `is "${named.target}"; expected one of ${targets.map((target) => `"${target}"`).join(", ")}`,
    });
  }
  if (named?.accept !== undefined && named.mode === "plan") {
    problems.push({ field: "accept", reason: 'goes with mode "apply"; a plan is accepted in order to be applied' });
  }
  if (!parsed.success || problems.length > 0) return refuse(...problems);
  const { target, mode, purpose, accept, worker } = parsed.data;
  return {
    ok: true,
    request: {
      target,
      mode,
      purpose,
      ...(accept === undefined ? {} : { accept }),
      ...(worker === undefined ? {} : { worker }),
    },
  };
}
