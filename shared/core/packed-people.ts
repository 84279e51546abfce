// Many rows in little memory, about eighty bytes each, and nothing of them lost. An HR file of a million rows of which
// few matter is kept like this; who turns out to matter is unpacked.
import { foldAddress } from "./fold.ts";
import { packedColumns, packRow, unpackRow } from "./packed-row.ts";
import type { Person, RowQuery, Texts } from "./person.ts";

export type PackedPeople = {
  readonly size: () => number;
  /** Takes a row of the source in which everything could be read, the status too. */
  add(person: Person): void;
  /** Looks at two numbers of each row, and unpacks only what is meant. In the order in which rows were added. */
  find(query: RowQuery): readonly Person[];
  /** Every row, unpacked one after the other. */
  all(): Generator<Person, void, undefined>;
};

/** Rows one after the other, and for each one where it begins and the hashes of its worker and address. */
type Page = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly index: DataView;
  end: number;
  rows: number;
};

const pageBytes = 1024 * 1024;
const rowsInPage = 16_384;
const [indexBytes, workerAt, addressAt] = [12, 4, 8];

/** FNV-1a over the code units, as much of it as fits into a small integer. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value & 0x3fffffff;
}

/** Empty where the row has none. */
function addressOf({ email }: Person): string {
  return foldAddress(email ?? "");
}

function createPage(least: number): Page {
  const bytes = new Uint8Array(Math.max(pageBytes, least));
  const index = new DataView(new ArrayBuffer(rowsInPage * indexBytes));
  return { bytes, view: new DataView(bytes.buffer), index, end: 0, rows: 0 };
}

/** Hashes, and a bit for each of their first so many values: to see that a hash is not among them costs next to nothing. */
type Hashes = { readonly bits: DataView; readonly all: ReadonlySet<number> };

const bitOf = 0xff_ffff;

/** The rows of the page with one of these hashes at that place of the index. */
function rowsWith({ index, rows }: Page, at: number, { bits, all }: Hashes): readonly number[] {
  const found: number[] = [];
  if (all.size === 0) return found;
  for (let row = 0; row < rows; row += 1) {
    const value = index.getUint32(row * indexBytes + at);
    const bit = value & bitOf;
    if ((bits.getUint8(bit >>> 3) & (1 << (bit & 7))) !== 0 && all.has(value)) found.push(row);
  }
  return found;
}

const nothing: Texts = new Set();

function hashesOf(texts: Texts): Hashes {
  const bits = new DataView(new ArrayBuffer((bitOf + 1) / 8));
  const all = new Set<number>();
  for (const text of texts.keys()) {
    const value = hash(text);
    const bit = value & bitOf;
    all.add(value);
    bits.setUint8(bit >>> 3, bits.getUint8(bit >>> 3) | (1 << (bit & 7)));
  }
  return { bits, all };
}

/** An empty store for rows of one source. */
export function createPackedPeople(source: string): PackedPeople {
  const columns = packedColumns();
  let page = createPage(0);
  const pages = [page];

  function turnPage(least: number): void {
    page = createPage(least);
    pages.push(page);
  }

  function unpack({ view, index }: Page, row: number): Person {
    return unpackRow(view, index.getUint32(row * indexBytes), source, columns);
  }

  return {
    size: () => pages.reduce((sum, { rows }) => sum + rows, 0),
    add(person) {
      if (page.rows === rowsInPage) turnPage(0);
      let end = packRow(page.bytes, page.end, person, columns);
      if (end > page.bytes.length) {
        turnPage(end - page.end);
        end = packRow(page.bytes, 0, person, columns);
      }
      const at = page.rows * indexBytes;
      page.index.setUint32(at, page.end);
      page.index.setUint32(at + workerAt, hash(person.worker));
      page.index.setUint32(at + addressAt, hash(addressOf(person)));
      page.end = end;
      page.rows += 1;
    },
    find({ workers = nothing, addresses = nothing }) {
      const theirs = hashesOf(workers);
      const claimed = hashesOf(addresses);
      return pages.flatMap((each) => {
        const rows = new Set([...rowsWith(each, workerAt, theirs), ...rowsWith(each, addressAt, claimed)]);
        const people = [...rows].sort((a, b) => a - b).map((row) => unpack(each, row));
        return people.filter((person) => workers.has(person.worker) || addresses.has(addressOf(person)));
      });
    },
    *all() {
      for (const each of pages) for (let row = 0; row < each.rows; row += 1) yield unpack(each, row);
    },
  };
}
