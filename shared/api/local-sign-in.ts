// The local stack's own sign-in: anybody becomes anybody, by a cookie that we sign. Only `ROLLCALL_LOCAL_SIGN_IN` loads
// this file, and the settings refuse that on Azure.
import { type Principal, type Role, roles } from "../core/principal.ts";
import { openText, signText } from "../webhook/signed-text.ts";

const purpose = "local-sign-in/1";
const cookieName = "rollcall-local";
const keepMs = 12 * 3_600_000;

/** The tenant of everybody who signs in here. */
const tenantId = "00000000-0000-4000-8000-0000000000ff";

/** Invented people, one for each role and one without. */
export const localPeople: readonly Principal[] = [
  person("olga.operator@contoso.com", 1, ["reader", "approver", "operator"]),
  person("anton.approver@contoso.com", 2, ["approver"]),
  person("rita.reader@contoso.com", 3, ["reader"]),
  person("nils.nobody@contoso.com", 4, []),
];

function person(address: string, number: number, held: readonly Role[]): Principal {
  return {
    name: address,
    address,
    objectId: `00000000-0000-4000-8000-00000000000${number}`,
    tenantId,
    roles: held,
  };
}

export type LocalCookie = {
  readonly name: string;
  readonly value: string;
  readonly path: "/";
  readonly httpOnly: true;
  readonly sameSite: "Lax";
  readonly maxAge: number;
};

function cookie(value: string, maxAge: number): LocalCookie {
  return { name: cookieName, value, path: "/", httpOnly: true, sameSite: "Lax", maxAge };
}

function parsePrincipal(text: string): { readonly principal: Principal; readonly until: number } | undefined {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return undefined;
  const [address, objectId, held, until]: readonly unknown[] = value;
  if (typeof address !== "string" || typeof objectId !== "string" || typeof until !== "number") return undefined;
  return { principal: principalFrom(address, objectId, Array.isArray(held) ? held : []), until };
}

function principalFrom(address: string, objectId: string, held: readonly unknown[]): Principal {
  return {
    name: address,
    address,
    ...(objectId !== "" && { objectId }),
    tenantId,
    roles: roles.filter((role) => held.includes(role)),
  };
}

/** Whom the cookie names, if we signed it and its time is not over. */
export function localPrincipal(
  cookies: string | undefined,
  secrets: readonly string[],
  now: number,
): Principal | undefined {
  const own = (cookies ?? "").split(";").find((each) => each.trim().startsWith(`${cookieName}=`));
  const text = own === undefined ? undefined : openText(purpose, own.trim().slice(cookieName.length + 1), secrets);
  const parsed = text === undefined ? undefined : parsePrincipal(text);
  return parsed !== undefined && now < parsed.until ? parsed.principal : undefined;
}

/** The cookie for the person whom the form names; undefined where it names none. */
export function localSignIn(fields: URLSearchParams, secrets: readonly string[], now: number): LocalCookie | undefined {
  const address = fields.get("address")?.trim() ?? "";
  const [secret] = secrets;
  if (!/^[^\s@]+@[^\s@]+$/.test(address) || secret === undefined) return undefined;
  const objectId = fields.get("objectId")?.trim() ?? "";
  const text = JSON.stringify([address, objectId, fields.getAll("role"), now + keepMs]);
  return cookie(signText(purpose, text, secret), keepMs / 1000);
}

/** The cookie that ends the sign-in. */
export function localSignOut(): LocalCookie {
  return cookie("", 0);
}
