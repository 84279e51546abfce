// The small values that rules are made of, each with the sentence that says what is expected. No sentence repeats what
// was written: a secret in the wrong place must not travel into a log.
import { z } from "zod";
import { builtInGroupIds } from "../core/protect.ts";
import { addressProblem, trimAddress } from "./web-address.ts";

/** A check that gives "expected …" or undefined, as a refinement. */
export function checkedText(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });
}

/** Names of targets and sources stand in URLs, table keys and file names. */
export const shortName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "expected lower-case letters, digits and hyphens, at most 63");

export const ownerName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "expected letters, digits, dots, hyphens and underscores, at most 64");

/** Key Vault's rule for names, so that a secret itself, written here by mistake, is refused. */
export const secretName = z
  .string()
  .regex(
    /^[0-9A-Za-z-]{1,127}$/,
    "expected the name of a secret in Key Vault (letters, digits, hyphens), never the secret itself",
  );

export const apimId = z
  .string()
  .regex(/^[A-Za-z0-9](?:[\w.-]{0,254}[\w])?$/, "expected letters, digits, dots, hyphens and underscores, at most 256");

export const groupId = apimId.refine(
  (id) => !builtInGroupIds.includes(id.toLowerCase()),
  "expected a group of your own: administrators, developers and guests are built in and nobody can change them",
);

export const webAddress = checkedText(addressProblem).transform(trimAddress);

export const resourceId = z
  .string()
  .regex(
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ApiManagement\/service\/[^/]+$/i,
    "expected /subscriptions/…/resourceGroups/…/providers/Microsoft.ApiManagement/service/…",
  );

export const apiVersion = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, 'expected "YYYY-MM-DD" or "YYYY-MM-DD-preview", in quotes');

function zoneProblem(zone: string): string | undefined {
  const expected = 'expected a time zone of the IANA list, such as "Europe/Stockholm"';
  if (!/^[A-Za-z]/.test(zone)) return expected;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return undefined;
  } catch {
    return expected;
  }
}

export const timeZone = checkedText(zoneProblem);

export const emailDomain = z
  .string()
  .regex(/^[^\s@*]+\.[^\s@.*]+$/, 'expected a domain without "@" and "*", such as "contoso.com"')
  .transform((domain) => domain.toLowerCase());

function patternProblem(pattern: string): string | undefined {
  if (pattern.trim() === "" || /\s/.test(pattern) || pattern.length > 256)
    return "expected a user id or an address, in which * stands for anything";
  return /[^*@.]/.test(pattern) ? undefined : "expected a pattern that leaves somebody: this one protects everybody";
}

export const protectPattern = checkedText(patternProblem);
