// Attribute paths of SCIM (RFC 7644, 3.10): `name.givenName`, `emails[type eq "work"].value`,
// `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`. Names are found without regard to case.
import type { PathCompiler } from "./json-rows.ts";

type Step = { readonly name: string; readonly filter?: { readonly name: string; readonly value: string } };

const coreSchema = /^urn:ietf:params:scim:schemas:core:2\.0:User:/i;
const wholePath = /^(?:(urn:[^[\]"]+):)?([^:[\]"]+(?:\[[^\]]*\][^:]*)?)$/i;
const wholeStep = /^([^[\]]+)(?:\[\s*([A-Za-z]\w*)\s+eq\s+(?:"([^"\\]*)"|(true|false))\s*\])?$/i;

/** Finds the attribute in a resource. Of a list without a filter the primary value counts, else the only one, else the
 * one of type work. What is not there, or cannot be told apart, is undefined. */
export const compileScimPath: PathCompiler = (path) => {
  const steps = stepsOf(path);
  return (resource) =>
    steps.reduce<unknown>((value, step) => (value === undefined ? value : take(value, step)), resource);
};

/** The attribute to ask for, so that the path can be followed: the whole list where one of its values is chosen. */
export function scimAttribute(path: string): string {
  const { urn, attribute } = partsOf(path);
  const asked = leadsIntoList(path) ? attribute.replace(/[.[].*$/s, "") : attribute;
  return urn === undefined ? asked : `${urn}:${asked}`;
}

/** True for a path to one of several values. A condition on it is met by any of them, not by the one that is taken. */
export function leadsIntoList(path: string): boolean {
  const { attribute } = partsOf(path);
  return attribute.includes("[") || /^(?:emails|phoneNumbers|addresses|roles|groups|entitlements)\b/i.test(attribute);
}

function partsOf(path: string): { readonly urn: string | undefined; readonly attribute: string } {
  const [, urn, attribute = path] = wholePath.exec(path.replace(coreSchema, "")) ?? [];
  return { urn, attribute };
}

function stepsOf(path: string): readonly Step[] {
  const { urn, attribute } = partsOf(path);
  // A dot inside a filter's text belongs to the text.
  const parts = attribute.match(/[^.[\]]+(?:\[[^\]]*\])?/g) ?? [attribute];
  const steps = parts.map((part): Step => {
    const [, name = part, filterName, text, truth] = wholeStep.exec(part) ?? [];
    return filterName === undefined ? { name } : { name, filter: { name: filterName, value: text ?? truth ?? "" } };
  });
  return urn === undefined ? steps : [{ name: urn }, ...steps];
}

function take(value: unknown, { name, filter }: Step): unknown {
  const holder = Array.isArray(value) ? chosen(value) : value;
  const found = property(holder, name);
  if (filter === undefined || !Array.isArray(found)) return found;
  return found.find((each) => String(property(each, filter.name)).toLowerCase() === filter.value.toLowerCase());
}

function chosen(values: readonly unknown[]): unknown {
  if (values.length === 1) return values[0];
  const isTrue = (value: unknown) => value === true || value === "true";
  return (
    values.find((each) => isTrue(property(each, "primary"))) ??
    values.find((each) => String(property(each, "type")).toLowerCase() === "work")
  );
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, name)) return Reflect.get(value, name);
  const folded = name.toLowerCase();
  const own = Object.keys(value).find((key) => key.toLowerCase() === folded);
  return own === undefined ? undefined : Reflect.get(value, own);
}
