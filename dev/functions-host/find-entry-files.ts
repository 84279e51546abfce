// The files that `main` of package.json names: a path, or a glob of which every match is an entry point.
import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";

/** Absolute paths, sorted. In the pattern `*` stands for part of a segment, `**` for any folders, `{a,b}` for either. */
export async function findEntryFiles(root: string, pattern: string): Promise<readonly string[]> {
  const normal = pattern.replace(/^\.\//, "");
  const segments = normal.split("/");
  const firstGlob = segments.findIndex((segment) => /[*{]/.test(segment));
  const folder = segments.slice(0, firstGlob === -1 ? -1 : firstGlob).join("/");
  const expression = toExpression(normal);
  const entries = await readdir(join(root, folder), { recursive: true }).catch(() => []);
  return entries
    .map((entry) => [folder, entry.split(sep).join("/")].filter((part) => part !== "").join("/"))
    .filter((path) => expression.test(path))
    .sort()
    .map((path) => join(root, path));
}

function toExpression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*|\{[^}]*\}|[.+?^$()|[\]\\}]/g, (token) => {
    if (token === "**/") return "(?:[^/]+/)*";
    if (token === "*") return "[^/]*";
    if (token.startsWith("{"))
      return `(?:${token
        .slice(1, -1)
        .split(",")
        .map((part) => toExpression(part).source.slice(1, -1))
        .join("|")})`;
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}
