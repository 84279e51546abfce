// Appends lines from many callers with one write at a time: whatever was handed in while a write was under way goes
// into the next one together. So a slow store costs no caller more than two writes, and lines keep their order.
import { type AppError, asAppError } from "../core/errors.ts";
import { stoppedError } from "../storage/store-error.ts";

export type Appender = {
  /** Resolves when the lines are durable. After a failed write every append rejects with that failure.
   * @throws ABORTED when the signal has fired before; what was begun is finished */
  append(lines: readonly string[], signal: AbortSignal): Promise<void>;
  /** Nothing is waiting or being written. */
  idle(): boolean;
};

type Piece = { readonly bytes: Buffer; readonly settle?: (failure: AppError | undefined) => void };

/** `commit` writes one block of whole lines, of at most `maxBlockBytes` where lines are shorter than that. */
export function createAppender(options: {
  readonly commit: (block: Uint8Array) => Promise<void>;
  readonly maxBlockBytes: number;
}): Appender {
  const { commit, maxBlockBytes } = options;
  let waiting: Piece[] = [];
  let writing = false;
  let failure: AppError | undefined;

  async function write(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const pieces = takeBlock();
      try {
        await commit(Buffer.concat(pieces.map((piece) => piece.bytes)));
      } catch (error) {
        failure = asAppError(error);
        pieces.push(...waiting);
        waiting = [];
      }
      for (const { settle } of pieces) settle?.(failure);
    }
    writing = false;
  }

  function takeBlock(): Piece[] {
    let bytes = 0;
    const end = waiting.findIndex((piece, index) => {
      bytes += piece.bytes.length;
      return index > 0 && bytes > maxBlockBytes;
    });
    return waiting.splice(0, end === -1 ? waiting.length : end);
  }

  return {
    async append(lines, signal) {
      if (signal.aborted) throw stoppedError("write the run's journal", signal.reason);
      if (failure !== undefined) throw failure;
      const pieces = toPieces(lines, maxBlockBytes);
      const last = pieces.pop();
      if (last === undefined) return;
      await new Promise<void>((resolve, reject) => {
        const settle = (failed: AppError | undefined) => (failed === undefined ? resolve() : reject(failed));
        waiting.push(...pieces, { bytes: last.bytes, settle });
        void write();
      });
    },
    idle: () => !writing,
  };
}

/** Lines joined up to the size of a block; a block never ends within a line. */
function toPieces(lines: readonly string[], maxBlockBytes: number): Piece[] {
  const pieces: Piece[] = [];
  let parts: Buffer[] = [];
  let size = 0;
  for (const line of lines) {
    const bytes = Buffer.from(line, "utf8");
    if (parts.length > 0 && size + bytes.length > maxBlockBytes) {
      pieces.push({ bytes: Buffer.concat(parts) });
      parts = [];
      size = 0;
    }
    parts.push(bytes);
    size += bytes.length;
  }
  if (parts.length > 0) pieces.push({ bytes: Buffer.concat(parts) });
  return pieces;
}
