// The mark: one line in a text that API Management keeps for us (a user's note, a group's description, a
// subscription's state comment). It says that the thing is ours. The other lines belong to others and are kept.

const format = "rollcall/1";

export type MarkFields = {
  readonly owner: string;
  /** Number space and employee number, on users; on a subscription `key` is the id of the user who owned it. */
  readonly space?: string;
  readonly key?: string;
  /** ISO instant at which Rollcall blocked the user, or suspended the subscription. */
  readonly blocked?: string;
  /** ISO instant at which Rollcall handed the subscription over; the user `key` still knows its keys. */
  readonly transferred?: string;
};

const fieldNames = ["owner", "space", "key", "blocked", "transferred"] as const;

/** `malformed` is a line that begins like a mark and is none, or more than one mark: never touched, reported. */
export type ParsedMark =
  | { readonly kind: "none" }
  | { readonly kind: "mark"; readonly fields: MarkFields }
  | { readonly kind: "malformed" };

function isMarkLine(line: string): boolean {
  return line.startsWith("rollcall/");
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function parseFields(line: string): MarkFields | undefined {
  const [head, ...pairs] = line.trim().split(" ");
  if (head !== format) return undefined;
  const found = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const value = at < 1 ? undefined : decode(pair.slice(at + 1));
    if (value === undefined || found.has(pair.slice(0, at))) return undefined;
    found.set(pair.slice(0, at), value);
  }
  const owner = found.get("owner");
  if (owner === undefined || owner === "") return undefined;
  const space = found.get("space");
  const key = found.get("key");
  const blocked = found.get("blocked");
  const transferred = found.get("transferred");
  return {
    owner,
    ...(space === undefined ? {} : { space }),
    ...(key === undefined ? {} : { key }),
    ...(blocked === undefined || blocked === "" ? {} : { blocked }),
    ...(transferred === undefined || transferred === "" ? {} : { transferred }),
  };
}

/** The mark in a text that others may have edited. */
export function parseMark(text: string): ParsedMark {
  if (!text.includes("rollcall/")) return { kind: "none" };
  const lines = text.split(/\r?\n/).filter(isMarkLine);
  if (lines.length === 0) return { kind: "none" };
  const fields = lines.length === 1 ? parseFields(lines.join("")) : undefined;
  return fields === undefined ? { kind: "malformed" } : { kind: "mark", fields };
}

/** The text with this mark in the place of the old one, or after the last line; every other line is kept as it was. */
export function writeMark(text: string, fields: MarkFields): string {
  const pairs = fieldNames.flatMap((name) => {
    const value = fields[name];
    return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  const mark = [format, ...pairs].join(" ");
  const lines = text === "" ? [] : text.split("\n");
  const at = lines.findIndex(isMarkLine);
  if (at === -1) return [...lines, mark].join("\n");
  return lines.map((line, index) => (index === at ? mark : line)).join("\n");
}
