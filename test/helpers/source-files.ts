// The program's own source files, parsed: what each imports, its comments, and its code without them.
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { type ParseResult, parseSync } from "oxc-parser";

const root = fileURLToPath(new URL("../..", import.meta.url));

export type Import = {
  readonly kind: "file" | "module";
  /** As written, for a package or a built-in module; for a file, its path from the project folder. */
  readonly target: string;
  /** The names taken as values, `default` and `*` included; undefined where they are not known (`import()`). */
  readonly values: readonly string[] | undefined;
  /** Whether it is carried out when the importing file is loaded. */
  readonly atLoad: boolean;
};

export type SourceFile = {
  /** From the project folder, with slashes: `shared/core/plan.ts`. */
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  readonly comments: readonly string[];
  /** The text with each comment blanked out. */
  readonly code: string;
};

/** Every TypeScript and JavaScript file below these folders of the project; a folder that is not there has none. */
export function readSourceFiles(folders: readonly string[]): readonly SourceFile[] {
  const present = readdirSync(root);
  return folders
    .filter((folder) => present.includes(folder))
    .flatMap((folder) =>
      readdirSync(posix.join(root, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        posix.join(folder, name.replaceAll("\\", "/")),
      ),
    )
    .filter((path) => /\.m?[jt]s$/.test(path))
    .sort()
    .map((path) => readSourceFile(path, readFileSync(posix.join(root, path), "utf8")));
}

/** The text of a file of the project. */
export function readText(path: string): string {
  return readFileSync(posix.join(root, path), "utf8");
}

/** One file, from its text. @throws when the text cannot be parsed: a file that is not understood is not checked */
export function readSourceFile(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  const error = parsed.errors[0];
  if (error !== undefined) throw new Error(`Cannot parse ${path}: ${error.message}`);
  return {
    path,
    lineCount: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    imports: importsOf(path, text, parsed),
    comments: parsed.comments.map((comment) => comment.value),
    code: parsed.comments.reduce(
      (code, { start, end }) => code.slice(0, start) + " ".repeat(end - start) + code.slice(end),
      text,
    ),
  };
}

function importsOf(path: string, text: string, { module }: ParseResult): readonly Import[] {
  const place = (specifier: string): Pick<Import, "kind" | "target"> =>
    specifier.startsWith(".")
      ? { kind: "file", target: posix.join(posix.dirname(path), specifier) }
      : { kind: "module", target: specifier };

  const declared = module.staticImports.map(({ moduleRequest, entries }) => {
    const values = entries
      .filter((entry) => !entry.isType)
      .map(({ importName }) => importName.name ?? nameOf(importName.kind));
    return { ...place(moduleRequest.value), values, atLoad: values.length > 0 || entries.length === 0 };
  });
  const reExported = module.staticExports
    .flatMap((one) => one.entries)
    .flatMap(({ moduleRequest, isType }) =>
      moduleRequest === null ? [] : [{ ...place(moduleRequest.value), values: isType ? [] : ["*"], atLoad: !isType }],
    );
  const dynamic = module.dynamicImports.map(({ moduleRequest }) => {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    const literal = /^(["'])(.*)\1$/.exec(written)?.[2];
    return { ...place(literal ?? "an address that is not written out"), values: undefined, atLoad: false };
  });
  return [...declared, ...reExported, ...dynamic];
}

function nameOf(kind: string): string {
  return kind === "Default" ? "default" : "*";
}
