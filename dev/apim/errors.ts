// The error answers of API Management and of Azure Resource Manager in front of it. Texts marked "inferred" in a
// docstring were never seen on the wire; only their status is known.
import type { Answer } from "./answer.ts";

export type Detail = { readonly code: string; readonly target: string; readonly message: string };

/** API Management's envelope. `details` is null, never absent. */
export function failure(
  status: number,
  code: string,
  message: string,
  details: readonly Detail[] | null = null,
): Answer {
  return { status, json: { error: { code, message, details } } };
}

/** Resource Manager's own envelope, which has no details. */
export function armFailure(
  status: number,
  code: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return { status, json: { error: { code, message } }, ...(headers === undefined ? {} : { headers }) };
}

export function invalid(details: readonly Detail[]): Answer {
  return failure(400, "ValidationError", "One or more fields contain incorrect values:", details);
}

export function invalidField(target: string, message: string, code = "ValidationError"): Answer {
  return invalid([{ code, target, message }]);
}

export function notFound(what: "User" | "Group" | "Product" | "Subscription" | "Resource"): Answer {
  return failure(404, "ResourceNotFound", `${what} not found.`);
}

/** User 1, built-in groups, and members of built-in or external groups. The text is inferred. */
export function notAllowed(message: string): Answer {
  return failure(405, "MethodNotAllowed", message);
}

export function modified(): Answer {
  return failure(412, "PreconditionFailed", "Resource was modified since last retrieval.");
}

/** 2014 only: PUT creates and nothing else. The text is inferred. */
export function exists(what: string): Answer {
  return failure(409, "Conflict", `${what} with specified identifier already exists.`);
}

export function versionProblem(supported: readonly string[]): Answer {
  return armFailure(
    400,
    "MissingOrIncorrectVersionParameter",
    `API version query parameter is not specified or was specified incorrectly.  Supported versions: ${supported.join(",")}  Example query param format: api-version=SupportedVersion`,
  );
}
