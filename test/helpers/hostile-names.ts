// Names that table keys, blob names and URLs stumble over.
export const hostileNames = [
  "a/b",
  "a\\b",
  "a#b",
  "a?b",
  "a%2Fb",
  "a'b",
  "a\u0000b",
  "a\u0085b",
  "..",
  "",
  "ü 人 😀",
  "\ud83d",
  "x".repeat(900),
].map((name) => ({ name, label: JSON.stringify(name).slice(0, 20) }));
