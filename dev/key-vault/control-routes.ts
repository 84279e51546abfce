// The routes under /_sim of the simulated vault, which no real vault has: rotate a secret, script faults, read what was
// asked. They take no token.
import { z } from "zod";
import type { SecretStore } from "./secret-store.ts";

export type Fault = {
  /** The HTTP status to answer with instead of the secret; or no answer: `hang` keeps the connection open, `close` ends it. */
  readonly status: number | "hang" | "close";
  /** How many requests get it; all of them unless stated. */
  readonly times?: number | undefined;
  /** `error.code` and `error.innererror.code` of the body. */
  readonly code?: string | undefined;
  readonly innerCode?: string | undefined;
  /** Only requests for this secret. */
  readonly name?: string | undefined;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter?: number | undefined;
};

/** A request to the vault as it is kept: never its body, its token or the answer's value. The status is 0 without an answer. */
export type RecordedRequest = { readonly method: string; readonly path: string; readonly status: number };

export type ControlState = {
  readonly secrets: SecretStore;
  readonly requests: readonly RecordedRequest[];
  addFault(fault: Fault): void;
  clearFaults(): void;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

const secretSchema = z.object({ name: z.string(), value: z.string(), enabled: z.boolean().default(true) });
const faultSchema = z.object({
  status: z.union([z.number().int().min(400).max(599), z.enum(["hang", "close"])]),
  times: z.number().int().positive().optional(),
  code: z.string().optional(),
  innerCode: z.string().optional(),
  name: z.string().optional(),
  retryAfter: z.number().optional(),
});

/** The answer to a request under /_sim; 404 for a route that is not there, 400 for a body that does not fit. */
export function answerControl(method: string, path: string, body: unknown, state: ControlState): Answer {
  switch (`${method} ${path}`) {
    case "POST /_sim/secrets": {
      const secret = secretSchema.safeParse(body);
      if (!secret.success) return badRequest(secret.error);
      const { version } = state.secrets.set(secret.data.name, secret.data);
      return { status: 200, body: { name: secret.data.name, version } };
    }
    case "POST /_sim/faults": {
      const fault = faultSchema.safeParse(body);
      if (!fault.success) return badRequest(fault.error);
      state.addFault(fault.data);
      return { status: 204 };
    }
    case "DELETE /_sim/faults":
      state.clearFaults();
      return { status: 204 };
    case "GET /_sim/requests":
      return { status: 200, body: { requests: state.requests } };
    default:
      return { status: 404, body: { error: `Cannot find ${method} ${path}` } };
  }
}

function badRequest(error: z.ZodError): Answer {
  return { status: 400, body: { error: z.prettifyError(error) } };
}
