import { createScimSystem } from "../../dev/hr/scim-system.ts";
import type { HrWorker } from "../../dev/hr/workers.ts";
import { describePeopleSourceContract, personOf } from "../contract/people-source-contract.ts";

const authentication = { kind: "bearer", secret: "scim-token" };

function entry(address: string) {
  return { kind: "scim", settings: { url: `${address}/scim/v2`, authentication } };
}

function truth(worker: HrWorker) {
  const person = personOf(worker, ["employeeNumber", "givenName", "familyName", "email", "department", "title"]);
  return { ...person, status: worker.status === "ended" ? ("ended" as const) : ("active" as const) };
}

describePeopleSourceContract("scim by cursor", {
  system: createScimSystem(),
  entry,
  truth,
  department: "department",
});

describePeopleSourceContract("scim by index", {
  system: createScimSystem({ cursors: false }),
  entry,
  truth,
  department: "department",
  exempt: {
    expiredCursor: "there are no cursors",
    repeatedNext: "the client counts, there is no next link",
  },
});
