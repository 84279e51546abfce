// Bytes of a text file in whatever encoding, as UTF-8 chunks. A byte order mark is believed before the rules. What is
// no text becomes U+FFFD, which the mapping reports; nothing is dropped.

export const textEncodings = ["utf-8", "utf-16le", "utf-16be", "windows-1252", "latin1"] as const;

export type TextEncoding = (typeof textEncodings)[number];

// Bytes 80 to 9F of windows-1252. Node's own decoder gives C1 control characters for them in some versions.
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

const marks = [
  { encoding: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
] as const;

const longestMark = 3;

/** The text of the chunks in UTF-8, without a byte order mark. `declared` counts where no mark says otherwise; `latin1`
 * means windows-1252, as everywhere on the web. */
export async function* utf8Chunks(
  source: AsyncIterable<Uint8Array>,
  declared: TextEncoding,
): AsyncGenerator<Buffer, void, undefined> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let decode: (chunk: Buffer, last: boolean) => Buffer = passOn;
  for await (const chunk of source) {
    let next = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head !== undefined) {
      head = Buffer.concat([head, next]);
      if (head.length < longestMark) continue;
      ({ decode, rest: next } = begin(head, declared));
      head = undefined;
    }
    yield decode(next, false);
  }
  if (head === undefined) yield decode(Buffer.alloc(0), true);
  else {
    const { decode: decodeAll, rest } = begin(head, declared);
    yield decodeAll(rest, true);
  }
}

function begin(
  head: Buffer,
  declared: TextEncoding,
): { decode: (chunk: Buffer, last: boolean) => Buffer; rest: Buffer } {
  const mark = marks.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  return { decode: decoderOf(mark?.encoding ?? declared), rest: head.subarray(mark?.bytes.length ?? 0) };
}

function decoderOf(encoding: TextEncoding): (chunk: Buffer, last: boolean) => Buffer {
  if (encoding === "utf-8") return passOn;
  if (encoding === "windows-1252" || encoding === "latin1") return fromWindows1252;
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (chunk, last) => Buffer.from(decoder.decode(chunk, { stream: !last }), "utf8");
}

function passOn(chunk: Buffer): Buffer {
  return chunk;
}

function fromWindows1252(chunk: Buffer): Buffer {
  const text = chunk
    .toString("latin1")
    .replace(/[\u0080-\u009f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80] ?? control);
  return Buffer.from(text, "utf8");
}
