// The one error class of Rollcall, and the closed set of its codes. A failure is thrown; an expected outcome
// (blocked, held, rejected, incomplete) is a value and never stands here.

/** Every code: what it means, whether trying again can help, the HTTP status and the exit code it becomes. */
export const errorCodes = {
  CONFIG_INVALID: { retryable: false, httpStatus: 500, exitCode: 2 },
  SECRET_UNAVAILABLE: { retryable: true, httpStatus: 503, exitCode: 3 },
  SECRET_MALFORMED: { retryable: false, httpStatus: 503, exitCode: 3 },
  NETWORK: { retryable: true, httpStatus: 503, exitCode: 3 },
  TIMEOUT: { retryable: true, httpStatus: 503, exitCode: 3 },
  ABORTED: { retryable: false, httpStatus: 503, exitCode: 3 },
  APIM_UNAUTHORIZED: { retryable: false, httpStatus: 502, exitCode: 3 },
  APIM_FORBIDDEN: { retryable: false, httpStatus: 502, exitCode: 4 },
  APIM_THROTTLED: { retryable: true, httpStatus: 503, exitCode: 3 },
  APIM_UNAVAILABLE: { retryable: true, httpStatus: 503, exitCode: 3 },
  APIM_NOT_FOUND: { retryable: false, httpStatus: 502, exitCode: 4 },
  APIM_NOT_ALLOWED: { retryable: false, httpStatus: 502, exitCode: 4 },
  APIM_CONFLICT: { retryable: false, httpStatus: 502, exitCode: 4 },
  APIM_INVALID: { retryable: false, httpStatus: 502, exitCode: 4 },
  APIM_UNEXPECTED: { retryable: false, httpStatus: 502, exitCode: 4 },
  SOURCE_UNAVAILABLE: { retryable: true, httpStatus: 503, exitCode: 3 },
  STORE_UNAVAILABLE: { retryable: true, httpStatus: 503, exitCode: 3 },
  BUG: { retryable: false, httpStatus: 500, exitCode: 70 },
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Values that are safe to log: ids, counts, names of settings. Never a secret, a name or an address of a person. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/** A failure with a code. The code identifies, the sentence explains: what is the case, what was expected, what to do. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, options: { context?: ErrorContext; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.context = options.context ?? {};
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

/** The error as an `AppError`: itself, or a `BUG` that keeps the original as its cause. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("BUG", "Cannot go on: an error that Rollcall did not expect, see its cause", { cause: error });
}
