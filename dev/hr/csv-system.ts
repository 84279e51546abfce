// A simulated file share with the export of an HR system: GET /people.csv.
import { credentialOf, type HrSystem } from "./hr-system.ts";

const columns = [
  "employeeNumber",
  "givenName",
  "familyName",
  "email",
  "department",
  "status",
  "startDate",
  "endDate",
  "manager",
  "birthDate",
  "salary",
  "homeAddress",
] as const;

export function createCsvSystem(): HrSystem {
  return {
    name: "csv",
    isPage: ({ url }) => url.pathname === "/people.csv",
    errorInside: { error: "The export failed" },
    answer(call, { workers, secret, vanished }) {
      if (credentialOf(call, "Bearer") !== secret) return { status: 401 };
      if (call.method !== "GET" || call.url.pathname !== "/people.csv") return { status: 404 };
      const shown = columns.filter((column) => column !== vanished);
      const rows = workers.map((worker) => shown.map((column) => quoted(String(worker[column] ?? ""))).join(","));
      const text = [shown.join(","), ...rows, ""].join("\r\n");
      return { status: 200, headers: { "Content-Type": "text/csv; charset=utf-8" }, text };
    },
  };
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
