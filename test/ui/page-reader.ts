// A page as a reader meets it: parsed as browsers do, asked for elements, texts and attributes.
import { type DefaultTreeAdapterMap, parse } from "parse5";

type Node = DefaultTreeAdapterMap["node"];
export type Element = DefaultTreeAdapterMap["element"];

function isElement(node: Node): node is Element {
  return "tagName" in node;
}

function childrenOf(node: Node): readonly Node[] {
  return "childNodes" in node ? node.childNodes : [];
}

function elementsOf(node: Node): readonly Element[] {
  return childrenOf(node).flatMap((child) => [...(isElement(child) ? [child] : []), ...elementsOf(child)]);
}

/** The text of everything in the node, as a reader reads it: without the style sheet, blanks folded. */
export function textOf(node: Node): string {
  const raw = (each: Node): string => {
    if (each.nodeName === "style") return "";
    return "value" in each ? each.value : childrenOf(each).map(raw).join(" ");
  };
  return raw(node).replace(/\s+/g, " ").trim();
}

export function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.attrs.find((one) => one.name === name)?.value;
}

export type PageReader = {
  readonly text: string;
  readonly all: (tag: string, attributes?: Readonly<Record<string, string>>) => readonly Element[];
  /** Names of all elements, for what must not be among them. */
  readonly tags: readonly string[];
  readonly elements: readonly Element[];
};

export function readPage(text: string): PageReader {
  const document = parse(text);
  const elements = elementsOf(document);
  return {
    text: textOf(document),
    elements,
    tags: [...new Set(elements.map(({ tagName }) => tagName))],
    all: (tag, attributes = {}) =>
      elements.filter(
        (element) =>
          element.tagName === tag &&
          Object.entries(attributes).every(([name, value]) => attribute(element, name) === value),
      ),
  };
}
