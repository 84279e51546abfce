// Facts and decisions of requests for tests: whole and unremarkable, with what a test is about given by the test.
import type { KnownFacts, ProductPolicy } from "../../shared/core/decide.ts";
import type { RequesterFacts } from "../../shared/core/decision.ts";

/** Jane of Payments, who holds one other subscription. HR gives no cost centre. */
export const jane: RequesterFacts = {
  worker: "employee/1001",
  user: "rc-jane",
  groups: ["developers", "payments"],
  person: {
    worker: "employee/1001",
    employeeNumber: "1001",
    numberSpace: "employee",
    status: "active",
    department: "Payments",
    organization: "Contoso",
    startDate: "2026-03-01",
  },
  today: "2026-05-14",
};

export const knownFacts: KnownFacts = {
  requester: jane,
  product: {
    id: "payments-api",
    displayName: "Payments",
    published: true,
    approvalRequired: true,
    groups: ["developers"],
    owners: ["owner@contoso.com"],
  },
  request: { subscription: "s1", name: "For the mobile app", date: "2026-05-13" },
  subscriptions: [{ product: "starter", state: "active" }],
};

/** No rules: everybody's request goes to the manager. */
export function aProductPolicy(fields: Partial<ProductPolicy> = {}): ProductPolicy {
  return {
    rules: [],
    ask: { approvers: [{ kind: "manager" }], escalateTo: [], finalAfterDays: 14, finalAnswer: "reject" },
    access: { warnDays: 14 },
    notify: true,
    ...fields,
  };
}
