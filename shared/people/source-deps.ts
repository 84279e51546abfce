// What a source of people needs from the world, each as the smallest function that does. `app.ts` wires them.
import type { PeoplePolicy } from "../core/policy.ts";
import type { Clock, Secrets } from "../ports.ts";
import type { SourceMemory } from "../run-ports.ts";

/** A value from one raw row, or why there is none. Never throws; the reason holds no value of the row. */
export type RowExpression = (
  row: Readonly<Record<string, unknown>>,
) => { readonly ok: true; readonly value: string | undefined } | { readonly ok: false; readonly reason: string };

/** The compiler of `map` expressions. */
export type RowExpressions = {
  rowValue(
    text: string,
  ): { readonly ok: true; readonly run: RowExpression } | { readonly ok: false; readonly reason: string };
};

export type GetRequest = { readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** A request that only reads, also as a POST. GET unless stated; a body is text, its type stands in the headers. */
export type AskRequest = GetRequest & { readonly method?: "GET" | "POST"; readonly body?: string };

/** A whole answer as text. Header names are given in lower case; redirects are answers, never followed. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: (name: string) => string | undefined;
  readonly text: string;
};

/** Repeats by itself what HTTP calls passing (429, 503 with Retry-After …). @throws NETWORK, TIMEOUT, ABORTED */
export type HttpAsk = (request: AskRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** An answer whose body has not been read yet. */
export type HttpStream = {
  readonly status: number;
  readonly headers: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of what has not been read. */
  readonly close: () => void;
};

/** Repeats the opening as `HttpAsk` does; what comes then is not asked for again. @throws NETWORK, TIMEOUT, ABORTED */
export type HttpOpen = (request: GetRequest, signal: AbortSignal) => Promise<HttpStream>;

/** Something opened for reading, with what its holder says about it. */
export type OpenedSource = {
  readonly stream: AsyncIterable<Uint8Array>;
  /** Bytes. */
  readonly size?: number | undefined;
  readonly etag?: string | undefined;
  /** Epoch milliseconds. */
  readonly modifiedAt?: number | undefined;
  /** True when it was written to since it was opened. */
  readonly changed?: (() => Promise<boolean>) | undefined;
  /** Gives back what is held open. A stream that was read to its end or destroyed needs none. */
  readonly close?: (() => Promise<void>) | undefined;
};

export type BlobAddress = { readonly account: string; readonly container: string; readonly name: string };

/** Opens a blob by managed identity, pinned to the ETag of its opening. @throws SOURCE_UNAVAILABLE, ABORTED */
export type OpenBlob = (blob: BlobAddress, signal: AbortSignal) => Promise<OpenedSource>;

export type SourceDeps = {
  readonly expressions: RowExpressions;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly openBlob: OpenBlob;
  readonly httpAsk: HttpAsk;
  readonly httpOpen: HttpOpen;
  /** A bearer token of the managed identity. @throws SECRET_UNAVAILABLE */
  readonly getToken: (scope: string, signal: AbortSignal) => Promise<string>;
  /** Of this source's last complete read; absent before the first one. */
  readonly memory?: SourceMemory | undefined;
  /** Whom the rules want. Absent: every row is kept whole. */
  readonly people?: PeoplePolicy | undefined;
};
