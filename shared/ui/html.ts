// The one way from text to HTML. What stands between `${` and `}` is escaped, whatever it holds, and what would turn the
// reading direction or hide is shown as a code; only what this tag made itself goes in as it is.
import { html as escaping } from "hono/html";
import { printable } from "../core/printable.ts";

/** HTML that this tag made. */
export type Html = Exclude<ReturnType<typeof escaping>, Promise<unknown>>;

export type Child = string | number | Html | false | undefined | readonly Child[];

function shown(child: Child): unknown {
  if (typeof child === "string") return printable(child);
  return Array.isArray(child) ? child.map(shown) : child;
}

/** A piece of HTML. A value of an attribute stands in double quotes; `false` and `undefined` are nothing. */
export function html(parts: TemplateStringsArray, ...children: readonly Child[]): Html {
  const made = escaping(parts, ...children.map(shown));
  // Only a promise among the children gives one, and the type lets none in.
  if (made instanceof Promise) throw new TypeError("Cannot make HTML of a promise");
  return made;
}

/** Somebody else's text: its reading direction ends with it, so it cannot reorder what stands beside it. */
export function outside(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
