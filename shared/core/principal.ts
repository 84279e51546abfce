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
  readonly roles: readonly Role[];
};
