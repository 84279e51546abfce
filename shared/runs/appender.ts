// Appends lines from many callers with one write at a time: whatever was handed in while a write was under way goes
// into the next one together. So a slow store costs no caller more than two writes, and lines keep their order.
import { type AppError, asAppError } from "../core/errors.ts";
import { stoppedError } from "../storage/store-error.ts";

export type Appender = {
  /** Resolves when the lines are durable. After a failed write every append rejects with that failure.
   * @throws ABORTED when the signal has fired before; what was begun is finished, if it is soon */
  append(lines: readonly string[], signal: AbortSignal): Promise<void>;
  /** Nothing is waiting or being written. */
  idle(): boolean;
};

type Piece = {
  readonly bytes: Buffer;
  /** Its caller's. */
  readonly signal: AbortSignal;
  readonly settle?: (failure: AppError | undefined) => void;
};

const never = new AbortController().signal;

/** What may stop a block: the signal of its callers where they have one in common, as those of a slice do. No single
 * caller stops what is others' as well. */
function stopOf([first, ...others]: readonly Piece[]): AbortSignal {
  return first !== undefined && others.every(({ signal }) => signal === first.signal) ? first.signal : never;
}

/** `commit` writes one block of whole lines, of at most `maxBlockBytes` where lines are shorter than that. `stop` has fired
 * where nobody can wait for the block much longer. */
export function createAppender(options: {
  readonly commit: (block: Uint8Array, stop: AbortSignal) => Promise<void>;
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
        await commit(Buffer.concat(pieces.map((piece) => piece.bytes)), stopOf(pieces));
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
      const pieces = toBlocks(lines, maxBlockBytes).map((bytes): Piece => ({ bytes, signal }));
      const last = pieces.pop();
      if (last === undefined) return;
      await new Promise<void>((resolve, reject) => {
        const settle = (failed: AppError | undefined) => (failed === undefined ? resolve() : reject(failed));
        waiting.push(...pieces, { ...last, settle });
        void write();
      });
    },
    idle: () => !writing,
  };
}

/** Lines joined up to the size of a block; a block never ends within a line. */
function toBlocks(lines: readonly string[], maxBlockBytes: number): Buffer[] {
  const blocks: Buffer[] = [];
  let parts: Buffer[] = [];
  let size = 0;
  for (const line of lines) {
    const bytes = Buffer.from(line, "utf8");
    if (parts.length > 0 && size + bytes.length > maxBlockBytes) {
      blocks.push(Buffer.concat(parts));
      parts = [];
      size = 0;
    }
    parts.push(bytes);
    size += bytes.length;
  }
  if (parts.length > 0) blocks.push(Buffer.concat(parts));
  return blocks;
}
