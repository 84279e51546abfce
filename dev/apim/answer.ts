// What a handler gives back, before it becomes bytes on a socket.

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, when there is no `json`. */
  readonly text?: string;
};

/** A JSON answer, with an ETag where the service gives one. */
export function ok(status: number, json: unknown, etag?: string): Answer {
  return { status, json, ...(etag === undefined ? {} : { headers: { ETag: etag } }) };
}

/** An answer without a body. */
export function empty(status: number, headers?: Readonly<Record<string, string>>): Answer {
  return { status, ...(headers === undefined ? {} : { headers }) };
}
