// Instants as .NET writes them: no zeros at the end of the fraction, and in the oldest versions no "Z".

/** The wire text of an instant, or null. */
export function wireDate(at: number | null, bare: boolean): string | null {
  if (at === null) return null;
  const text = new Date(at).toISOString().replace(/\.?0*Z$/, "Z");
  return bare ? text.slice(0, -1) : text;
}

/** Seven digits, as the answer to a PUT has them; later reads give milliseconds. */
export function wireDateInTicks(at: number, bare: boolean): string {
  const text = new Date(at).toISOString().replace("Z", "0615Z");
  return bare ? text.slice(0, -1) : text;
}

/** Midnight UTC of the instant's day. */
export function startOfDay(at: number): number {
  return at - (((at % 86_400_000) + 86_400_000) % 86_400_000);
}

/** The digits of a short token: yyyyMMddHHmm, or with seconds. */
export function tokenDigits(at: number, length: 12 | 14): string {
  return new Date(at).toISOString().replace(/\D/g, "").slice(0, length);
}

/** Reads such digits back; undefined when they are no instant. */
export function fromTokenDigits(digits: string): number | undefined {
  const padded = digits.padEnd(14, "0");
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(padded);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}
