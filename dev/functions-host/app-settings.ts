// App settings: on Azure they are the environment of the worker, and bindings name them as %NAME%.

/** Puts the settings into `process.env`; the function that comes back takes them out again. */
export function applySettings(settings: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** The text with every %NAME% replaced. @throws when there is no such setting */
export function resolveSettings(text: string): string {
  return text.replace(/%([^%\s]+)%/g, (_whole, name: string) => {
    const value = process.env[name];
    if (value === undefined) {
      throw new Error(`Cannot resolve %${name}% of a binding: the app has no such setting, expected one`);
    }
    return value;
  });
}
