// @ts-check
// Makes what is written about the configuration from its schemas: the tables of docs/configuration.md, the JSON Schema of
// the rules file for editors, and local.settings.sample.json. Pure: schemas in, texts out.
import { z } from "zod";

/** @typedef {import("zod").z.core.JSONSchema.BaseSchema} Schema */
/** @typedef {{ readonly count?: number, readonly percent?: number, readonly perGroup?: boolean, readonly ignoreBelow: number }} Limit */

/**
 * Files, from their path to their text. `page` is docs/configuration.md as it is: only its tables are replaced.
 * @param {{ settings: z.ZodObject, rules: z.ZodType, limits: Readonly<Record<string, Limit>>, page: string }} from
 * @returns {Readonly<Record<string, string>>}
 */
export function configDocs({ settings, rules, limits, page }) {
  const schema = z.toJSONSchema(rules, { io: "input", unrepresentable: "any" });
  const shared = z.toJSONSchema(rules, { io: "input", unrepresentable: "any", reused: "ref" });
  const tables = { settings: settingsTable(settings), rules: rulesTable(schema), limits: limitsTable(limits) };
  return {
    "docs/configuration.md": Object.entries(tables).reduce((text, [name, table]) => withTable(text, name, table), page),
    "docs/rollcall.schema.json": toJson(shared),
    "local.settings.sample.json": toJson(sampleSettings(settings)),
  };
}

/** Whether a file holds what was made; in JSON the formatter's line breaks do not count.
 * @param {string} path @param {string | undefined} held @param {string} made */
export function sameText(path, held, made) {
  if (held === undefined || !path.endsWith(".json")) return held === made;
  return JSON.stringify(JSON.parse(held)) === JSON.stringify(JSON.parse(made));
}

/** @param {unknown} value */
function toJson(value) {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** @param {string} text @param {string} name @param {string} table */
function withTable(text, name, table) {
  const [begin, end] = [`<!-- ${name}: made by scripts/write-config-docs.mjs -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`Cannot place the table of ${name}: its two marks are not on the page`);
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function markdownTable(head, rows) {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);
  return lines.join("\n");
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** @param {unknown} value */
function code(value) {
  const plain = typeof value === "string" && /^[^\s`]+$/.test(value);
  return `\`${plain ? value : JSON.stringify(value)}\``;
}

/** What `.meta()` of the schema says, as text. @param {z.ZodType} setting @param {string} name */
function metaText(setting, name) {
  const text = setting.meta()?.[name];
  return typeof text === "string" ? text : undefined;
}

/** @param {z.ZodType} setting @returns {string | undefined} */
function defaultOf(setting) {
  const given = z.toJSONSchema(setting, { io: "input", unrepresentable: "any" }).default;
  return given === undefined ? undefined : String(given);
}

/** @param {z.ZodObject} settings @returns {[string, z.ZodType][]} */
function entriesOf(settings) {
  return Object.entries(settings.shape);
}

/** @param {z.ZodObject} settings */
function settingsTable(settings) {
  const rows = entriesOf(settings).map(([name, setting]) => {
    const given = defaultOf(setting);
    return [code(name), given === undefined ? "" : code(given), metaText(setting, "description") ?? ""];
  });
  return markdownTable(["Setting", "Default", "What it says"], rows);
}

/** All that somebody can set; an empty one counts as absent. What begins with WEBSITE_ is Azure's own to set.
 * @param {z.ZodObject} settings */
function sampleSettings(settings) {
  const values = entriesOf(settings)
    .filter(([name]) => !name.startsWith("WEBSITE_"))
    .map(([name, setting]) => [name, metaText(setting, "sample") ?? defaultOf(setting) ?? ""]);
  return { IsEncrypted: false, Values: { FUNCTIONS_WORKER_RUNTIME: "node", ...Object.fromEntries(values) } };
}

/** @param {Readonly<Record<string, Limit>>} limits */
function limitsTable(limits) {
  const rows = Object.entries(limits).map(([key, { count, percent, perGroup }]) => {
    const share = percent === undefined ? "" : `${percent} %${perGroup === true ? " of each group" : ""}`;
    return [code(key), count === undefined ? "" : String(count), share];
  });
  return markdownTable(["Limit", "`count`", "`percent`"], rows);
}

/** @param {Schema} schema */
function rulesTable(schema) {
  return markdownTable(["Key", "Value", "Default", "What it says"], rulesRows(schema, ""));
}

/** A row for each key below a schema. A key that several branches have gets one row with what each of them says.
 * @param {Schema} schema @param {string} path @returns {string[][]} */
function rulesRows(schema, path) {
  const rows = branchesOf(schema).flatMap((branch) =>
    Object.entries(branch.properties ?? {}).flatMap(([key, value]) =>
      propertyRows(value, path === "" ? key : `${path}.${key}`, branch.required?.includes(key) === true),
    ),
  );
  const keys = [...new Set(rows.map(([key]) => key ?? ""))];
  return keys.map((key) => {
    const same = rows.filter(([own]) => own === key);
    const said = (/** @type {number} */ column) => same.map((row) => row[column] ?? "").filter((text) => text !== "");
    return [key, distinct(said(1), ", "), distinct(said(2), ", "), distinct(said(3), "; ")];
  });
}

/** @param {readonly string[]} texts @param {string} separator */
function distinct(texts, separator) {
  return [...new Set(texts)].join(separator);
}

/** @param {Schema | boolean} schema @param {string} path @param {boolean} required @returns {string[][]} */
function propertyRows(schema, path, required) {
  if (typeof schema === "boolean") return [];
  const given = schema.default === undefined ? (required ? "(required)" : "") : code(schema.default);
  const own = [code(path), kindOf(schema), given, schema.description ?? ""];
  const items = schema.items;
  const inner = typeof items === "object" && !Array.isArray(items) ? rulesRows(items, `${path}[]`) : [];
  // The limits have a table of their own.
  return /(^|\.)limits$/.test(path) ? [own] : [own, ...inner, ...rulesRows(schema, path)];
}

/** @param {Schema} schema @returns {readonly Schema[]} */
function branchesOf(schema) {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [schema, ...choices.flatMap(branchesOf)];
}

/** @param {Schema} schema @returns {string} */
function kindOf(schema) {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (choices.length > 0) return [...new Set(choices.map(kindOf))].join(", ");
  if (schema.type === "object") return "keys and values";
  if (schema.type === "array") return "list";
  if (schema.type === "integer") return "whole number";
  return schema.type === "string" ? "text" : String(schema.type ?? "");
}
