// @ts-check
// An HR system in a thread of its own, so that what it knows is not in the memory of who reads it: the same person as
// each kind of system would give them, always with birth date, pay and home address; alone, and as one who changed, too.
import { createServer } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/** @type {string} */
const tail = workerData;
/** @param {string} kind */
const secret = (kind) => ({
  birthDate: `born-${kind}-${tail}`,
  salary: `paid-${kind}-${tail}`,
  homeAddress: `lives-${kind}-${tail}`,
});
const known = { number: "1", first: "Ada", last: "Ek", mail: "ada@contoso.com", dept: "Payments" };
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** @type {Readonly<Record<string, string>>} */
const answers = {
  "/people": JSON.stringify([{ ...secret("json"), ...known }]),
  "/people.csv": csvOf({ ...secret("csv"), ...known }),
  "/scim/Users": JSON.stringify({
    totalResults: 1,
    Resources: [
      {
        ...secret("scim"),
        id: "a",
        name: { givenName: known.first, familyName: known.last },
        emails: [{ value: known.mail }],
        title: "Engineer",
        active: true,
        [enterprise]: { employeeNumber: known.number, department: known.dept, manager: { value: "m" } },
        meta: { lastModified: "2020-02-03T00:00:00Z" },
      },
    ],
  }),
  "/scim/Users 2999": JSON.stringify({ totalResults: 0, Resources: [] }),
  "/scim/Users/m": JSON.stringify({ ...secret("manager"), id: "m", [enterprise]: { employeeNumber: "2" } }),
  "/ccx/service/customreport2/contoso/owner/Workers": JSON.stringify({
    Report_Entry: [
      {
        ...secret("workday"),
        Employee_ID: known.number,
        First_Name: known.first,
        Last_Name: known.last,
        Work_Email: known.mail,
        Supervisory_Organization: known.dept,
        Business_Title: "Engineer",
        Hire_Date: "2020-02-03-08:00",
        Worker_Status: "Active",
      },
    ],
  }),
  "/odata/v2/PerPerson": JSON.stringify({
    d: {
      results: [
        {
          ...secret("successfactors"),
          personIdExternal: known.number,
          personalInfoNav: { results: [{ firstName: known.first, lastName: known.last }] },
          emailNav: { results: [{ emailAddress: known.mail, isPrimary: true }] },
          employmentNav: {
            results: [
              {
                ...secret("successfactors"),
                startDate: "/Date(1580688000000)/",
                endDate: null,
                jobInfoNav: {
                  results: [
                    {
                      jobTitle: "Engineer",
                      departmentNav: { name: known.dept },
                      emplStatusNav: { externalCode: "A" },
                    },
                  ],
                },
              },
            ],
          },
        },
      ],
    },
  }),
  "/v1.0/users": JSON.stringify({
    value: [
      {
        ...secret("graph"),
        id: "a",
        employeeId: known.number,
        givenName: known.first,
        surname: known.last,
        mail: known.mail,
        department: known.dept,
        jobTitle: "Engineer",
        accountEnabled: true,
      },
    ],
  }),
  "/v1.0/users/delta latest": JSON.stringify({ value: [], "@odata.deltaLink": "/v1.0/users/delta?$deltatoken=1" }),
  "/v1.0/users/delta": JSON.stringify({
    value: [{ ...secret("delta"), id: "a" }],
    "@odata.deltaLink": "/v1.0/users/delta?$deltatoken=2",
  }),
  "/api/v1/employees/changed 2999": JSON.stringify({ latest: "", employees: [] }),
  "/api/v1/employees/changed": JSON.stringify({
    latest: "",
    employees: { [known.number]: { ...secret("changed"), id: known.number, action: "Updated" } },
  }),
  "/api/v2/datasets/employee/data": JSON.stringify({
    meta: { page: 1, totalPages: 1, totalItems: 1 },
    data: [
      {
        fields: {
          ...secret("dataset"),
          eeid: "7",
          employeeNumber: known.number,
          firstName: known.first,
          lastName: known.last,
          email: known.mail,
          jobInformationDepartment: known.dept,
          jobInformationJobTitle: "Engineer",
          status: "Active",
        },
      },
    ],
  }),
  "/api/v1/employees": JSON.stringify({
    meta: { total: 1, page: { nextCursor: null } },
    data: [
      {
        ...secret("bamboohr"),
        employeeId: known.number,
        firstName: known.first,
        lastName: known.last,
        workEmail: known.mail,
        departmentName: known.dept,
        jobTitleName: "Engineer",
        status: "Active",
        _restrictedFields: ["homeAddress"],
      },
    ],
  }),
  "/v1/people/search": JSON.stringify({
    employees: [
      {
        ...secret("hibob"),
        ...slashed({
          root: { id: known.number, firstName: known.first, surname: known.last, email: known.mail },
          work: { department: "77", title: "78", startDate: "2020-01-01" },
          internal: { status: "Active" },
        }),
        humanReadable: { ...secret("readable"), work: { department: known.dept, title: "Engineer" } },
      },
    ],
  }),
  "/v1/auth": JSON.stringify({ success: true, data: { token: "papi-1" } }),
  "/v2/auth/token": JSON.stringify({ access_token: "papi-2" }),
  "/v1/company/employees": JSON.stringify({
    success: true,
    metadata: { total_elements: 1, current_page: 0, total_pages: 1 },
    data: [employee("personio")],
  }),
  "/v1/company/employees/1": JSON.stringify({ success: true, data: employee("employee") }),
  "/v2/persons": JSON.stringify({
    _data: [
      {
        ...secret("persons"),
        id: known.number,
        first_name: known.first,
        last_name: known.last,
        email: known.mail,
        custom_attributes: Object.values(secret("custom")).map((value) => ({ id: "dynamic_1", value })),
      },
    ],
  }),
  "/v2/persons/1/employments": JSON.stringify({
    _data: [
      {
        ...secret("employments"),
        id: "e1",
        status: "ACTIVE",
        position: { title: "Engineer" },
        employment_start_date: "2020-01-01",
      },
    ],
  }),
};

/** @param {string} kind */
function employee(kind) {
  return {
    type: "Employee",
    attributes: {
      ...wrapped({
        ...secret(kind),
        id: known.number,
        first_name: known.first,
        last_name: known.last,
        email: known.mail,
        position: "Engineer",
        hire_date: "2020-01-01",
        status: "active",
      }),
      department: { value: { type: "Department", attributes: { id: 1, name: known.dept } } },
    },
  };
}

/** @param {Readonly<Record<string, Readonly<Record<string, string>>>>} categories */
function slashed(categories) {
  return Object.fromEntries(
    Object.entries(categories).flatMap(([category, fields]) =>
      Object.entries(fields).map(([name, value]) => [`/${category}/${name}`, { value }]),
    ),
  );
}

/** @param {Readonly<Record<string, string>>} values */
function wrapped(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { label: name, value }]));
}

/** @param {Readonly<Record<string, string>>} row */
function csvOf(row) {
  return `${Object.keys(row).join(",")}\n${Object.values(row).join(",")}\n`;
}

/** Since 2999 nothing changed: who asks so wants to know whether that can be asked. Latest is how things are now.
 * @param {URL} url */
function answerTo({ pathname, search }) {
  const word = ["2999", "latest"].find((each) => search.includes(each));
  return answers[word === undefined ? pathname : `${pathname} ${word}`];
}

const server = createServer((request, response) => {
  const text = answerTo(new URL(request.url ?? "/", "http://hr"));
  response.writeHead(text === undefined ? 404 : 200, { connection: "close" }).end(text);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === "object" ? address?.port : undefined);
});
