import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configDocs, sameText } from "../../scripts/config-docs.mjs";
import { createExpressions } from "../../shared/config/expressions.ts";
import { defaultLimits } from "../../shared/config/limits-schema.ts";
import { parseRules } from "../../shared/config/rules.ts";
import { createRulesSchema } from "../../shared/config/rules-schema.ts";
import { readSettings } from "../../shared/config/settings.ts";
import { settingsSchema } from "../../shared/config/settings-schema.ts";
import { sourceSchemas } from "../../shared/people/kinds.ts";

function textOf(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

const expressions = await createExpressions();
const deps = { expressions, sourceSchemas: sourceSchemas() };
const files = configDocs({
  settings: settingsSchema,
  rules: createRulesSchema(deps),
  limits: defaultLimits,
  page: textOf("docs/configuration.md"),
});

describe("configDocs()", () => {
  it.each(Object.keys(files))(
    "gives what %s holds (else: npm run -s build && node scripts/write-config-docs.mjs)",
    (path) => {
      expect(sameText(path, textOf(path), files[path] ?? "")).toBe(true);
    },
  );

  it("describes every setting", () => {
    const rows = Object.keys(settingsSchema.shape).map((name) => {
      return files["docs/configuration.md"]?.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
    });

    expect(rows.every((row) => row !== undefined && /\| [^|]{10,} \|$/.test(row))).toBe(true);
  });

  it("refuses a page without the marks of its tables", () => {
    const build = () =>
      configDocs({ settings: settingsSchema, rules: createRulesSchema(deps), limits: defaultLimits, page: "" });

    expect(build).toThrow("Cannot place the table of settings");
  });
});

describe("sameText()", () => {
  it("looks past the layout of JSON, and of nothing else", () => {
    expect(sameText("a.json", '{ "a": 1 }', '{"a":1}\n')).toBe(true);
    expect(sameText("a.json", '{ "a": 2 }', '{"a":1}')).toBe(false);
    expect(sameText("a.md", "a ", "a")).toBe(false);
    expect(sameText("a.json", undefined, "{}")).toBe(false);
  });
});

describe("local.settings.sample.json", () => {
  it("has settings that Rollcall takes, and no secret", () => {
    const sample = JSON.parse(textOf("local.settings.sample.json"));

    const settings = readSettings(sample.Values);

    expect(sample.IsEncrypted).toBe(false);
    expect(settings).toMatchObject({
      keyVault: { url: "https://contoso.vault.azure.net" },
      storage: { accountName: "contosorollcall" },
    });
    const ofSecrets = Object.entries(sample.Values).filter(([name]) => /key$|secret|connection/i.test(name));
    expect(ofSecrets.filter(([, value]) => value !== "")).toEqual([]);
  });

  it("names every setting that somebody can make, which are all but Azure's own", () => {
    const { FUNCTIONS_WORKER_RUNTIME: _, ...values } = JSON.parse(textOf("local.settings.sample.json")).Values;

    const own = Object.keys(settingsSchema.shape).filter((name) => !name.startsWith("WEBSITE_"));
    expect(Object.keys(values).sort()).toEqual(own.sort());
  });
});

describe("rollcall.sample.yaml", () => {
  it("holds with the kinds of sources that there are", () => {
    const result = parseRules(textOf("rollcall.sample.yaml"), "rollcall.sample.yaml", deps);

    expect(result).toMatchObject({ ok: true });
  });
});
