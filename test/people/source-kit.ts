// Sources over memory: bytes stand where a blob would be, expressions are the real ones, time stands still.

import { createExpressions } from "../../shared/config/expressions.ts";
import type { PeopleRead } from "../../shared/core/person.ts";
import { createSource } from "../../shared/people/kinds.ts";
import type { OpenedSource, SourceDeps } from "../../shared/people/source-deps.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import type { SourceMemory } from "../../shared/run-ports.ts";

const now = Date.UTC(2026, 4, 14, 12);
const expressions = await createExpressions();

function unexpected(what: string) {
  return () => Promise.reject(new Error(`Cannot go on: the test did not expect ${what}`));
}

/** Everything that is not given fails when it is used. */
export function sourceDeps(given: Partial<SourceDeps> = {}): SourceDeps {
  return {
    expressions,
    clock: { now: () => now, sleep: () => Promise.resolve() },
    secrets: { get: unexpected("a secret") },
    openBlob: unexpected("a blob"),
    httpAsk: unexpected("a request"),
    httpOpen: unexpected("a request"),
    getToken: unexpected("a token"),
    ...given,
  };
}

export function sourceEntry(given: Partial<SourceEntry> = {}): SourceEntry {
  return {
    name: "hr",
    kind: "csv",
    numberSpace: "employee",
    columns: { employeeNumber: "ID", givenName: "Name", department: "Dept" },
    map: {},
    expect: { maxShrinkPercent: 20 },
    settings: { location: "blob://account/people/hr.csv" },
    ...given,
  };
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

type Held = { readonly opened?: Partial<OpenedSource>; readonly memory?: SourceMemory; readonly chunk?: number };

/** Reads bytes as if a blob held them. `settings` are added to the location. */
export async function readBytes(
  content: string | Uint8Array,
  entry: Partial<SourceEntry> = {},
  held: Held = {},
): Promise<PeopleRead> {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const openBlob = async () => ({
    stream: chunksOf(bytes, held.chunk ?? 64 * 1024),
    size: bytes.length,
    ...held.opened,
  });
  const base = sourceEntry(entry);
  const whole = { ...base, settings: { location: "blob://account/people/hr", ...entry.settings } };
  const deps = sourceDeps({ openBlob, ...(held.memory === undefined ? {} : { memory: held.memory }) });
  return createSource(whole, deps).read(new AbortController().signal);
}

/** `line worker code field`, for comparing. */
export function problemsOf(read: PeopleRead): readonly string[] {
  return read.problems.map(({ line, worker, code, field }) => [line, worker ?? "-", code, field ?? "-"].join(" "));
}

export function workersOf(read: PeopleRead): readonly string[] {
  return read.people.map(({ employeeNumber }) => employeeNumber);
}
