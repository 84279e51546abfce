// The switches of the simulator that handlers look at: points where the service is undocumented, or varies by time.

export type Settings = {
  /** The service's resource id, `/subscriptions/…/service/{name}`. */
  readonly resourceId: string;
  readonly serviceName: string;
  /** SKU name in the answer to GET of the service itself. */
  readonly tier: string;
  /** Items of a page when the request has no `$top`. Undocumented. */
  readonly pageSize: number;
  /** A missing If-Match on the update or delete of something that exists is a 400 everywhere, not only on PATCH. */
  readonly strictIfMatch: boolean;
  /** Only the transitions of the portal are allowed; the service is not known to refuse any. */
  readonly strictTransitions: boolean;
  /** Members can be put into external groups; otherwise 405. Undocumented. */
  readonly externalMembers: boolean;
  /** PUT of a user takes identities other than Basic; since 2025 the service refuses them. */
  readonly foreignIdentities: boolean;
  /** The service's apiVersionConstraint. */
  readonly minApiVersion: string | undefined;
  /** How long a user delete of 2024-05-01 takes before it has effect. */
  readonly deleteDelayMs: number;
};

export const defaultSettings: Settings = {
  resourceId:
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/contoso-apis/providers/Microsoft.ApiManagement/service/contoso",
  serviceName: "contoso",
  tier: "Developer",
  pageSize: 100,
  strictIfMatch: false,
  strictTransitions: false,
  externalMembers: false,
  foreignIdentities: false,
  minApiVersion: undefined,
  deleteDelayMs: 0,
};
