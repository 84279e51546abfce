// Columns of Personio as the rules write them: names of attributes, without the wrapping in which they come.
import { compilePath } from "./json-path.ts";

/** The attribute that a path begins with: what has to be asked for. */
export function attributeName(path: string): string {
  return path.split(".")[0] ?? path;
}

/** Version 1: `position` is `attributes.position.value`. What is itself a record gives its name (`department`), or the
 * attribute after the dot (`supervisor.id`). Of a list of records the only one counts, else its place (`teams.0.name`). */
export function compileAttribute(path: string): (item: unknown) => unknown {
  const [name = "", ...steps] = path.split(".");
  const valueAt = compilePath(`attributes.${name}.value`);
  return (item) => {
    let value = valueAt(item);
    for (const step of steps) value = stepInto(value, step);
    const record = attributesOf(onlyOf(value));
    return record === undefined ? onlyOf(value) : unwrapped(propertyOf(record, "name"));
  };
}

/** Version 2: dotted paths; `custom_attributes.dynamic_305` finds the attribute with that id or global id. */
export function compilePersonPath(path: string): (item: unknown) => unknown {
  const [first, ...rest] = path.split(".");
  if (first !== "custom_attributes") return compilePath(path);
  const id = rest.join(".");
  const listOf = compilePath("custom_attributes");
  return (item) => {
    const list = listOf(item);
    const found = Array.isArray(list)
      ? list.find((each) => propertyOf(each, "id") === id || propertyOf(each, "global_id") === id)
      : undefined;
    return onlyOf(propertyOf(found, "value"));
  };
}

function stepInto(value: unknown, step: string): unknown {
  if (Array.isArray(value) && /^\d+$/.test(step)) return value[Number(step)];
  const record = onlyOf(value);
  return unwrapped(propertyOf(attributesOf(record) ?? record, step));
}

function attributesOf(value: unknown): unknown {
  return propertyOf(value, "attributes");
}

/** An attribute of a record may be wrapped like those of the employee, or stand there as it is. */
function unwrapped(value: unknown): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "value")
    ? propertyOf(value, "value")
    : value;
}

function onlyOf(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length === 0) return null;
  return value.length === 1 ? value[0] : value;
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
