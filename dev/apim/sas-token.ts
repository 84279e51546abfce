// Shared access signatures of the direct door: making the short form, verifying both forms.
import { createHmac, timingSafeEqual } from "node:crypto";
import { fromTokenDigits, tokenDigits } from "./dates.ts";

type SasVerdict = "valid" | "expired" | "invalid";

/** Base64 of HMAC-SHA512 over `identifier\nexpiry`; the key is the UTF-8 text as printed, never base64-decoded. */
export function signSas(identifier: string, expiry: string, key: string): string {
  return createHmac("sha512", Buffer.from(key, "utf8")).update(`${identifier}\n${expiry}`, "utf8").digest("base64");
}

/** The short form `{identifier}&{digits}&{signature}`. That the digits as printed are signed is the natural guess;
 * Microsoft does not document it. */
export function shortToken(identifier: string, expiresAt: number, key: string, digits: 12 | 14): string {
  const expiry = tokenDigits(expiresAt, digits);
  return `${identifier}&${expiry}&${signSas(identifier, expiry, key)}`;
}

/** Verifies a token of either form against either key. */
export function verifySas(
  token: string,
  expected: { readonly identifier: string; readonly keys: readonly string[]; readonly now: number },
): SasVerdict {
  const parsed = parseLong(token) ?? parseShort(token);
  if (parsed === undefined || parsed.identifier !== expected.identifier) return "invalid";
  const signed = expected.keys.some((key) =>
    sameText(signSas(parsed.identifier, parsed.signedExpiry, key), parsed.signature),
  );
  if (!signed) return "invalid";
  return parsed.expiresAt <= expected.now ? "expired" : "valid";
}

type ParsedToken = {
  readonly identifier: string;
  readonly signedExpiry: string;
  readonly expiresAt: number;
  readonly signature: string;
};

function parseLong(token: string): ParsedToken | undefined {
  const parts = /^uid=([^&]*)&ex=([^&]*)&sn=(.*)$/.exec(token);
  if (parts === null) return undefined;
  const [, identifier = "", expiry = "", signature = ""] = parts;
  const expiresAt = Date.parse(expiry);
  if (Number.isNaN(expiresAt)) return undefined;
  return { identifier, signedExpiry: withSevenDigits(expiry), expiresAt, signature };
}

// The service parses the expiry and signs its own round-trip text again, so a token made with fewer than seven
// digits does not verify.
function withSevenDigits(expiry: string): string {
  return expiry.replace(
    /(?:\.(\d{1,7}))?Z$/,
    (_all, fraction: string | undefined) => `.${(fraction ?? "").padEnd(7, "0")}Z`,
  );
}

function parseShort(token: string): ParsedToken | undefined {
  const parts = /^([\w-]*)&(\d{12}|\d{14})&(.*)$/.exec(token);
  if (parts === null) return undefined;
  const [, identifier = "", digits = "", signature = ""] = parts;
  const expiresAt = fromTokenDigits(digits);
  return expiresAt === undefined ? undefined : { identifier, signedExpiry: digits, expiresAt, signature };
}

function sameText(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
