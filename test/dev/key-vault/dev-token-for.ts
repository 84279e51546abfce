// For tests: a token of the local stack for a resource, valid for an hour from `now` (epoch milliseconds).
import { devClientId, devObjectId, devTenantId, signDevToken } from "../../../dev/identity/dev-token.ts";

export function devTokenFor(resource: string, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const ids = { tenantId: devTenantId, clientId: devClientId, objectId: devObjectId };
  return signDevToken({ resource, ...ids, issuedAt, expiresAt: issuedAt + 3600 });
}
