// What is made on first use and kept as a promise. A failure is not kept: the next who asks makes it anew.

/** Makes something on first use, with what the first user gives. */
export function once<Given extends readonly unknown[], T>(
  make: (...given: Given) => Promise<T>,
): (...given: Given) => Promise<T> {
  let made: Promise<T> | undefined;
  return (...given) => {
    made ??= make(...given).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Makes something for each name on its first use. For names of which there are few: none is forgotten. */
export function onceForEach<T>(make: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const makers = new Map<string, () => Promise<T>>();
  return (name) => {
    const maker = makers.get(name) ?? once(() => make(name));
    makers.set(name, maker);
    return maker();
  };
}
