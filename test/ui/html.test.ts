import { parseFragment } from "parse5";
import { describe, expect, it } from "vitest";
import { html, outside } from "../../shared/ui/html.ts";
import { readSourceFiles } from "../helpers/source-files.ts";

describe("html", () => {
  it("escapes every text, wherever it stands", () => {
    const text = `"><script>alert('1')</script>&lt;`;

    const made = html`<p title="${text}">${text}${[text, [text]]}</p>`.toString();

    const [p] = parseFragment(made).childNodes;
    expect(made).not.toContain("<script");
    expect(p).toMatchObject({ tagName: "p", attrs: [{ name: "title", value: text }] });
    expect(p).toMatchObject({ childNodes: [{ nodeName: "#text", value: text.repeat(3) }] });
  });

  it("puts in what it made itself as it is, and leaves out what is not there", () => {
    expect(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}${undefined}${false}</ul>`.toString()).toBe(
      "<ul><li>1</li><li>2</li></ul>",
    );
  });

  it("escapes again what was made into a text on the way", () => {
    expect(html`${`${html`<b>`}`}`.toString()).toBe("&lt;b&gt;");
  });

  it("shows what would steer the reader as a code", () => {
    expect(html`${"a\u202Eb\u0000c\u200F\uFEFF\u2066"}`.toString()).toBe("a\\u202eb\\u0000c\\u200f\\ufeff\\u2066");
  });

  it("lets a reading direction end with the text", () => {
    expect(outside("עברית").toString()).toBe("<bdi>עברית</bdi>");
  });
});

describe("templates", () => {
  const files = readSourceFiles(["shared"]).filter((file) => file.path.startsWith("shared/ui/"));

  it("put quotes around each attribute that holds a value", () => {
    expect(files.length).toBeGreaterThan(3);
    expect(
      files.flatMap((file) => (/<[a-z][^<>`]*=\$\{/.exec(file.code) ?? []).map((at) => `${file.path}: ${at}`)),
    ).toEqual([]);
  });

  it("come from the escaping tag alone", () => {
    const raw = files.filter((file) => file.imports.some(({ target }) => target.startsWith("hono")));

    expect(raw.map(({ path, imports }) => [path, imports[0]?.values])).toEqual([["shared/ui/html.ts", ["html"]]]);
  });
});
