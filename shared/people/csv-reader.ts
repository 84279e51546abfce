// csv-parse over a stream of UTF-8 chunks: settles delimiter and header, then gives each record to the rows. Broken
// quoting ends neither the read nor the program: the line is counted as lost and the read is incomplete.
import { pipeline } from "node:stream/promises";
import type { CsvError, Options } from "csv-parse";
import type { LeftOut } from "../core/left-out.ts";
import { abortedError } from "../http/aborted.ts";
import { type CsvDelimiter, detectDelimiter } from "./csv-header.ts";
import { type CsvResult, type CsvRows, createCsvRows } from "./csv-rows.ts";
import type { Mapping } from "./mapping.ts";

export type CsvFormat = {
  readonly source: string;
  readonly mapping: Mapping;
  readonly delimiter?: CsvDelimiter | undefined;
  /** Empty for a file without quotes. */
  readonly quote: string;
  readonly leftOut?: LeftOut | undefined;
};

export type CsvRead = CsvResult & {
  /** True when the rest was left unread, for a reason that `faults` gives. */
  readonly stopped: boolean;
};

type Chunks = AsyncGenerator<Buffer, void, undefined>;

const maxHeaderBytes = 64 * 1024;
/** A quote that is never closed would otherwise gather the whole file. In characters. */
const maxRecordLength = 1024 * 1024;

/** Reads all records. Never throws for what the bytes are. @throws ABORTED, and what the chunks throw */
export async function readCsv(chunks: Chunks, format: CsvFormat, signal: AbortSignal): Promise<CsvRead> {
  const head = await readHead(chunks, format.quote);
  const blank = isBlank(head.bytes.toString("utf8"));
  if (blank || !head.complete) {
    // Lets go of the stream, which nobody reads to its end.
    await chunks.return();
    return blank ? { ...nothing, stopped: false } : { ...nothing, faults: [headerTooLong], stopped: true };
  }
  const line = head.bytes.toString("utf8", 0, head.end);
  const delimiter = format.delimiter ?? detectDelimiter(line, format.quote, format.mapping.inputs);
  const rows = createCsvRows(format.source, format.mapping, delimiter, format.leftOut);
  const faults = await readRecords(withHead(head.bytes, chunks, rows, format.quote), delimiter, format, rows, signal);
  const result = rows.finish();
  if (rows.isHopeless()) return { ...result, stopped: true };
  const stopped = faults.some(({ fatal }) => fatal);
  return { ...result, faults: [...result.faults, ...faults.map(({ reason }) => reason)], stopped };
}

const nothing: CsvResult = { rows: 0, people: [], problems: [], faults: [] };

const headerTooLong = `The header line does not end within ${maxHeaderBytes} bytes, check encoding and quotes`;

function isBlank(text: string): boolean {
  return text.trim() === "";
}

type Head = {
  readonly bytes: Buffer;
  /** Where the header line ends in `bytes`. */
  readonly end: number;
  readonly complete: boolean;
};

async function readHead(chunks: Chunks, quote: string): Promise<Head> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const end = headerEnd(bytes, quote);
    if (end !== undefined) return { bytes, end, complete: true };
    if (bytes.length > maxHeaderBytes) return { bytes, end: bytes.length, complete: false };
    const next = await chunks.next();
    if (next.done === true) return { bytes, end: bytes.length, complete: true };
    bytes = Buffer.concat([bytes, next.value]);
  }
}

const lf = 10;
const cr = 13;
const space = 32;

/** Where the first line that is not blank ends, outside of quotes. */
function headerEnd(bytes: Buffer, quote: string): number | undefined {
  const quoteByte = quote === "" ? -1 : quote.charCodeAt(0);
  let quoted = false;
  let begun = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === quoteByte) quoted = !quoted;
    if (begun && !quoted && (byte === lf || byte === cr)) return index;
    if (byte > space) begun = true;
  }
  return undefined;
}

function parserOptions(delimiter: CsvDelimiter, quote: string) {
  return {
    delimiter,
    quote: quote === "" ? false : quote,
    escape: quote === "" ? null : quote,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    max_record_size: maxRecordLength,
  } satisfies Options;
}

/** Marks the first chunk with a quote in it, and ends early when no row can be read. */
async function* withHead(head: Buffer, chunks: Chunks, rows: CsvRows, quote: string): Chunks {
  let quoted = quote === "";
  const look = (chunk: Buffer) => {
    if (quoted || !chunk.includes(quote)) return;
    quoted = true;
    rows.quoteSeen();
  };
  look(head);
  yield head;
  for await (const chunk of chunks) {
    if (rows.isHopeless()) return;
    look(chunk);
    yield chunk;
  }
}

type Fault = { readonly reason: string; readonly fatal: boolean };

async function readRecords(
  chunks: Chunks,
  delimiter: CsvDelimiter,
  format: CsvFormat,
  rows: CsvRows,
  signal: AbortSignal,
): Promise<readonly Fault[]> {
  // One parser for a file, its header too: the engine runs the second one of a process a fifth slower.
  const { parse } = await import("csv-parse");
  const faults: Fault[] = [];
  const parser = parse({
    ...parserOptions(delimiter, format.quote),
    skip_records_with_error: true,
    on_skip: (error) => skipRecord(error, rows, faults),
  });
  parser.on("data", (record: readonly string[]) => {
    try {
      rows.take(record);
    } catch (error) {
      parser.destroy(error instanceof Error ? error : new Error("A row could not be taken", { cause: error }));
    }
  });
  try {
    await pipeline(chunks, parser, { signal });
  } catch (error) {
    if (signal.aborted) throw abortedError();
    if (!faults.some(({ fatal }) => fatal)) throw error;
  }
  return faults;
}

/** csv-parse goes on after a skipped record, except past one that is too long: there it loses the rest of the chunk,
 * so throwing ends the read. */
function skipRecord(error: CsvError | undefined, rows: CsvRows, faults: Fault[]): undefined {
  if (error?.code === "CSV_MAX_RECORD_SIZE") {
    faults.push({
      reason: `A row is longer than ${maxRecordLength} characters, reading stopped there; check its quotes`,
      fatal: true,
    });
    throw error;
  }
  rows.skip({ line: Number(error?.lines ?? 0), records: Number(error?.records ?? 0) });
  if (error?.code === "CSV_QUOTE_NOT_CLOSED") {
    faults.push({ reason: "A quote is open at the end: the end is cut off or a quote is missing", fatal: false });
  }
}
