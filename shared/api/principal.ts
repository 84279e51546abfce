// The signed-in person of a request, from App Service authentication. The header counts only where the platform says
// that authentication is on: without it, anybody can send one.
import { type Principal, type Role, roles } from "../core/principal.ts";

type HeaderReader = (name: string) => string | undefined;

type Claim = { readonly typ: string; readonly val: string };

const claimTypes = {
  objectId: ["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"],
  tenantId: ["http://schemas.microsoft.com/identity/claims/tenantid", "tid"],
  address: ["preferred_username", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "email"],
  otherAddress: [
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "upn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "unique_name",
    "verified_primary_email",
    "verified_secondary_email",
  ],
  role: ["roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"],
} as const;

/** App roles of the identity's registration, as they stand in the token. */
const roleNames: Readonly<Record<string, Role>> = Object.fromEntries(roles.map((role) => [`rollcall.${role}`, role]));

function isClaim(value: unknown): value is Claim {
  return (
    typeof value === "object" &&
    value !== null &&
    "typ" in value &&
    "val" in value &&
    typeof value.typ === "string" &&
    typeof value.val === "string"
  );
}

/** Of Microsoft Entra ID only: another provider that the app trusts for something else could claim any id and role. */
function claimsOf(header: string): readonly Claim[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(header, "base64").toString("utf8"));
    if (typeof value !== "object" || value === null || !("claims" in value) || !Array.isArray(value.claims)) return [];
    if ("auth_typ" in value && value.auth_typ !== "aad") return [];
    return value.claims.filter(isClaim);
  } catch {
    return [];
  }
}

/** Who is signed in, or undefined for nobody. `authenticationIsOn`: the platform's own word (`WEBSITE_AUTH_ENABLED`).
 * Source: learn.microsoft.com/azure/app-service/configure-authentication-user-identities */
export function principalOf(
  header: HeaderReader,
  { authenticationIsOn }: { readonly authenticationIsOn: boolean },
): Principal | undefined {
  const text = header("x-ms-client-principal");
  if (!authenticationIsOn || text === undefined) return undefined;
  const claims = claimsOf(text);
  const all = (types: readonly string[]): readonly string[] =>
    types.flatMap((type) => claims.filter((claim) => claim.typ === type).map((claim) => claim.val));
  const first = (types: readonly string[]): string | undefined => all(types)[0];
  const objectId = first(claimTypes.objectId);
  const tenantId = first(claimTypes.tenantId);
  const address = first(claimTypes.address);
  const others = [...all(claimTypes.address), ...all(claimTypes.otherAddress)].filter((each) => each.includes("@"));
  const otherAddresses = [...new Set(others)].filter((each) => each !== address);
  const name = address ?? objectId;
  if (name === undefined) return undefined;
  const held = claims
    .filter((claim) => claimTypes.role.some((type) => type === claim.typ))
    .flatMap((claim) => roleNames[claim.val.toLowerCase()] ?? []);
  return {
    name,
    ...(objectId !== undefined && { objectId }),
    ...(tenantId !== undefined && { tenantId }),
    ...(address !== undefined && { address }),
    ...(otherAddresses.length > 0 && { otherAddresses }),
    roles: [...new Set(held)],
  };
}
