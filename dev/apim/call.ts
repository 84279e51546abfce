// One request as the handlers see it: parsed, authenticated, with the dialect that its version asks for.
import type { Answer } from "./answer.ts";
import type { Dialect } from "./dialect.ts";
import type { Fields } from "./json-fields.ts";
import { isFields } from "./json-fields.ts";
import type { Settings } from "./settings.ts";
import type { Store } from "./store.ts";

export type Call = {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  /** Parsed JSON, or undefined without a body. */
  readonly body: unknown;
  /** `http://host:port` as the client wrote it, always with the port. */
  readonly origin: string;
  /** Encoded path, as sent. */
  readonly path: string;
  /** What stands before the entity in every id: the service's ARM path as the client wrote it, or nothing. */
  readonly base: string;
  readonly version: string;
  readonly dialect: Dialect;
  readonly store: Store;
  readonly settings: Settings;
  readonly now: number;
};

/** A handler gets the ids of the path in their order; a path with fewer ids gives empty texts. */
export type Handler = (call: Call, id: string, secondId: string) => Answer;

/** The fields of the body: of `properties` in the ARM envelope, of the body itself in the flat dialect. */
export function bodyFields(call: Call): Fields {
  const body = call.dialect.envelope && isFields(call.body) ? call.body.properties : call.body;
  return isFields(body) ? body : {};
}

/** True when the query parameter says so. */
export function flag(call: Call, name: string): boolean {
  return call.query.get(name)?.toLowerCase() === "true";
}
