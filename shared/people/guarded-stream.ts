// A stream whose breaking off is a finding and no exception: what came before it still counts.
import { AppError } from "../core/errors.ts";
import { abortedError, throwIfAborted } from "../http/aborted.ts";

export type Progress = {
  bytes: number;
  /** A sentence, once the stream broke off. */
  failure?: string;
};

/** The stream's chunks, counted in `progress`. A failure after the first byte ends the chunks and is noted there.
 * @throws SOURCE_UNAVAILABLE for a failure before the first byte, ABORTED */
export async function* guardedStream(
  source: string,
  stream: AsyncIterable<Uint8Array>,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of stream) {
      throwIfAborted(signal);
      progress.bytes += chunk.byteLength;
      yield chunk;
    }
  } catch (error) {
    if (signal.aborted) throw abortedError();
    if (progress.bytes === 0) throw unreadable(source, error);
    progress.failure = `Reading broke off with "${codeOf(error)}" after ${progress.bytes} bytes`;
  }
}

function unreadable(source: string, cause: unknown): AppError {
  const reason = `reading failed with "${codeOf(cause)}" at its first byte`;
  return new AppError("SOURCE_UNAVAILABLE", `Cannot read source "${source}": ${reason}, expected a readable file`, {
    cause,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
