// Who is signed in, as the platform says. The platform's claims are its own proof; a profile of API Management is none.

/** What a signed-in person may do on the page: see, answer requests that are not their own, accept blocked plans. */
export const roles = ["reader", "approver", "operator"] as const;
export type Role = (typeof roles)[number];

export type Principal = {
  /** How the person is called in records and audit: the sign-in name, or the object id where there is none. */
  readonly name: string;
  /** Object id and tenant of Microsoft Entra ID: what `entraObjectId` of a person is compared with. */
  readonly objectId?: string;
  readonly tenantId?: string;
  /** The address that the directory vouches for. Names an approver whom the rules name by address, never an account. */
  readonly address?: string;
  /** All other addresses that the claims name (mail, sign-in name). They give nothing; any of them makes a request one's
   * own, and tells who has left. */
  readonly otherAddresses?: readonly string[];
  readonly roles: readonly Role[];
};

/** Every address of the person. */
export function addressesOf({ address, otherAddresses = [] }: Principal): readonly string[] {
  return address === undefined ? otherAddresses : [address, ...otherAddresses];
}

/** Whether the person is of that tenant. Without one nothing is known about it: then the app's registration alone says
 * who may sign in. Ids and roles of another tenant's tokens are that tenant's own word. */
export function isOfTenant({ tenantId }: Pick<Principal, "tenantId">, wanted: string | undefined): boolean {
  return wanted === undefined || tenantId?.toLowerCase() === wanted.toLowerCase();
}
