// The rules of the local stack, with the simulator's address in them.

/** The text of a `rollcall.yaml` for one service behind the direct door. */
export function rulesText({ baseUrl, peopleFile }: { readonly baseUrl: string; readonly peopleFile: string }): string {
  return `owner: contoso-platform
targets:
  - name: contoso
    everyMinutes: 15
    door: direct
    baseUrl: ${baseUrl}
    apiVersion: "2021-08-01"
    sas: { identifier: integration, primaryKeySecret: apim-sas-primary, secondaryKeySecret: apim-sas-secondary }
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
    status: { column: WorkerStatus, active: [Active], ended: [Inactive] }
people:
  defaultTimeZone: Europe/Stockholm
  emailDomains: [contoso.com]
groups:
  - { id: payments, displayName: Payments team, members: 'person.department == "Payments"', products: [starter] }
  - { id: logistics, displayName: Logistics team, members: 'person.department == "Logistics"' }
  - { id: web, displayName: Web team, members: 'person.department == "Web"', products: [unlimited] }
lifecycle: { provision: create, adopt: email, leaver: { subscriptions: suspend } }
protect: ["*@admins.contoso.com"]
`;
}
