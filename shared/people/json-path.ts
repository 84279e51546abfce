// Dotted paths into parsed JSON: `d.results`, `attributes.status.value`, `values[0].id`. A property whose own name
// holds dots, as in `@odata.nextLink`, is found by that name.

type Step = { readonly name: string; readonly rest: string };

/** Compiles a path. The empty path is the document itself; what is not there is undefined. Only own properties count. */
export function compilePath(path: string): (document: unknown) => unknown {
  const steps = stepsOf(path.replaceAll(/\[(\d+)\]/g, ".$1").replace(/^\./, ""));
  return (document) => {
    let value = document;
    for (const { name, rest } of steps) {
      if (typeof value !== "object" || value === null) return undefined;
      if (rest !== name && Object.hasOwn(value, rest)) return property(value, rest);
      value = property(value, name);
    }
    return value;
  };
}

/** Each step with what is left of the path from there on, which may be the whole name of a property. */
function stepsOf(path: string): readonly Step[] {
  if (path === "") return [];
  const names = path.split(".");
  return names.map((name, index) => ({ name, rest: names.slice(index).join(".") }));
}

function property(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}
