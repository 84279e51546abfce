// The words of a `$filter` expression.

const pattern = /\s*((?:datetime(?:offset)?)?'(?:[^']|'')*'|[A-Za-z_][\w/]*|[\d-][\w:.+-]*|[(),])/y;

/** The words in their order; operators, functions and `and`/`or` in lower case. Undefined when a part is no word. */
export function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  const trimmed = text.trim();
  pattern.lastIndex = 0;
  while (pattern.lastIndex < trimmed.length) {
    const token = pattern.exec(trimmed)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens.length === 0 ? undefined : tokens;
}
