// What an HTTP route answers, before the host's own type: a status, headers, a JSON body.
import { asAppError, errorCodes } from "../core/errors.ts";

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly jsonBody: unknown;
};

/** A failure as an answer: its code and its sentence, which hold neither secrets nor personal data. A defect of ours
 * says only that. */
export function failureAnswer(cause: unknown): Answer {
  const error = asAppError(cause);
  const message = error.code === "BUG" ? "Rollcall failed in a way that it did not expect; see the log" : error.message;
  return { status: errorCodes[error.code].httpStatus, jsonBody: { error: { code: error.code, message } } };
}
