// From a refusal of API Management to an AppError. The service's sentences are never taken over: they quote values, and
// a value may be an address. Its codes and the names of fields say what matters.
import { AppError, type ErrorCode } from "../core/errors.ts";
import type { HttpRequest, HttpResponse } from "../http/transport.ts";

export type ServiceError = {
  readonly code?: string;
  /** `target: code` of each detail. */
  readonly details: readonly string[];
  /** The product's limit of subscriptions for one user; only the sentence tells it from other refusals. */
  readonly limitReached?: true;
};

/** What a request was for, and the statuses that mean success. */
export type Intent = { readonly action: string; readonly expect: readonly number[] };

/** The codes of an error body: `{ error: { code, details: [{ code, target }] } }`, or the inner object alone. */
export function parseServiceError(body: string): ServiceError {
  const parsed = parseOrUndefined(body);
  const error = isRecord(parsed) && isRecord(parsed.error) ? parsed.error : parsed;
  if (!isRecord(error)) return { details: [] };
  const code = word(error.code);
  const details = Array.isArray(error.details) ? error.details : [];
  const limitReached = typeof error.message === "string" && /\blimit reached\b/i.test(error.message);
  return {
    ...(code === undefined ? {} : { code }),
    ...(limitReached ? { limitReached } : {}),
    details: details.filter(isRecord).map((detail) => `${word(detail.target) ?? "-"}: ${word(detail.code) ?? "-"}`),
  };
}

/** The AppError of a status that was not expected. */
export function refusal(intent: Intent, request: HttpRequest, response: HttpResponse): AppError {
  const service = parseServiceError(response.body);
  const code = errorCodeOf(response.status, service.code);
  const said = [String(response.status), service.code, ...service.details]
    .filter((part) => part !== undefined)
    .join(", ");
  const advice = adviceFor(code, request, response, service.code);
  return new AppError(
    code,
    `Cannot ${intent.action}: API Management answered "${said}", expected ${intent.expect.join(" or ")}${advice}`,
    {
      context: {
        status: response.status,
        serviceCode: service.code,
        details: service.details.length === 0 ? undefined : service.details.join("; "),
        limitReached: service.limitReached,
        attempts: response.attempts,
        mayBeDone: response.mayBeDone,
        requestId: response.headers.get("x-ms-request-id"),
      },
    },
  );
}

/** An answer that does not fit. */
export function unexpected(action: string, what: string, cause?: unknown): AppError {
  return new AppError("APIM_UNEXPECTED", `Cannot ${action}: ${what}`, { cause });
}

const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  400: "APIM_INVALID",
  401: "APIM_UNAUTHORIZED",
  403: "APIM_FORBIDDEN",
  404: "APIM_NOT_FOUND",
  405: "APIM_NOT_ALLOWED",
  408: "APIM_UNAVAILABLE",
  409: "APIM_CONFLICT",
  412: "APIM_CONFLICT",
  422: "APIM_INVALID",
  429: "APIM_THROTTLED",
};

function errorCodeOf(status: number, serviceCode: string | undefined): ErrorCode {
  if (status === 422 && serviceCode === "ManagementApiRequestFailed") return "APIM_UNAVAILABLE";
  if (status >= 500) return "APIM_UNAVAILABLE";
  return codesByStatus[status] ?? "APIM_UNEXPECTED";
}

function adviceFor(
  code: ErrorCode,
  request: HttpRequest,
  response: HttpResponse,
  serviceCode: string | undefined,
): string {
  if (/^Missing(OrIncorrectVersion|ApiVersion)Parameter$/.test(serviceCode ?? "")) {
    return "; set an apiVersion that the service supports";
  }
  if (response.status >= 300 && response.status < 400) return "; redirects are not followed, set the final address";
  if (response.status === 412 && request.headers["if-match"] !== undefined) {
    const ours =
      response.mayBeDone === true ? ", or an earlier attempt of this write was made although its answer was lost" : "";
    return `; it was changed since it was read${ours}, read it again`;
  }
  if (code === "APIM_FORBIDDEN")
    return '; at the arm door the identity needs the role "API Management Service Contributor"';
  if (code === "APIM_NOT_ALLOWED") return "; user 1 and built-in groups cannot be changed";
  return "";
}

/** Codes and names of fields, never a sentence or a value. */
function word(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z][\w.[\]/-]{0,99}$/.test(value) ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
