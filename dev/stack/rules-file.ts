// The rules of the local stack, with the simulator's address in them.

/** The tenant that the invented people sign in with: the one of the app's local sign-in. */
export const tenantId = "00000000-0000-4000-8000-0000000000ff";

/** Where the developer portal of the local stack would be. */
export const portalUrl = "https://contoso.developer.azure-api.net";

type Service = {
  readonly baseUrl: string;
  readonly resourceId: string;
  readonly peopleFile: string;
  /** Address of the SCIM service that knows the contractors; without it there are none. */
  readonly contractorsUrl?: string;
  /** The section of the rules about requests; empty for none. */
  readonly approvals?: string;
};

function contractorsSource(url: string): string {
  return `  - name: contractors
    kind: scim
    url: ${url}
    authentication: { kind: bearer, secret: scim-token }
    numberSpace: contingent
    omit: [title]
`;
}

/** Who gets a subscription, unless a test says otherwise. */
const requestRules = `approvals:
  products:
    - product: unlimited
      owners: [api-owners@contoso.com]
      rules:
        - { name: web-team, approve: 'requester.department == "Web"' }
        - { name: finance, reject: 'requester.department == "Finance"', comment: Finance uses the product starter }
      ask: { approvers: [manager, owners], remindAfterDays: 2, finalAfterDays: 14 }
      accessForDays: 365
  default: {}
  review: { whenChanged: [department] }
`;

/** The text of a `rollcall.yaml` for one service behind the direct door. */
export function rulesText({
  baseUrl,
  resourceId,
  peopleFile,
  contractorsUrl,
  approvals = requestRules,
}: Service): string {
  return `owner: contoso-platform
targets:
  - name: contoso
    everyMinutes: 15
    door: direct
    baseUrl: ${baseUrl}
    resourceId: ${resourceId}
    apiVersion: "2021-08-01"
    sas: { identifier: integration, primaryKeySecret: apim-sas-primary, secondaryKeySecret: apim-sas-secondary }
    delegation:
      portalUrl: ${portalUrl}
      validationKeySecrets: [portal-validation-primary, portal-validation-secondary]
sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(peopleFile)}
    columns:
      employeeNumber: WorkerID
      givenName: FirstName
      familyName: LastName
      email: Mail
      department: Department
      manager: ManagerID
      startDate: HireDate
      endDate: LastDay
      entraObjectId: EntraObjectId
    status: { column: WorkerStatus, active: [Active], ended: [Inactive] }
${contractorsUrl === undefined ? "" : contractorsSource(contractorsUrl)}people:
  defaultTimeZone: Europe/Stockholm
  emailDomains: [contoso.com]
  tenantId: ${tenantId}
groups:
  - { id: payments, displayName: Payments team, members: 'person.department == "Payments"', products: [starter] }
  - { id: logistics, displayName: Logistics team, members: 'person.department == "Logistics"' }
  - { id: web, displayName: Web team, members: 'person.department == "Web"', products: [unlimited] }
lifecycle: { provision: create, adopt: email, leaver: { subscriptions: suspend } }
protect: ["*@admins.contoso.com"]
${approvals}`;
}
