// The HR file of the local stack: invented people, written as an export of an HR system would be.

export type Row = {
  readonly WorkerID: string;
  readonly WorkerStatus: "Active" | "Inactive";
  readonly FirstName: string;
  readonly LastName: string;
  readonly Mail: string;
  readonly Department: string;
  readonly ManagerID: string;
  readonly HireDate: string;
  readonly LastDay: string;
  /** Object id in Microsoft Entra ID. */
  readonly EntraObjectId: string;
};

const columns = [
  "WorkerID",
  "WorkerStatus",
  "FirstName",
  "LastName",
  "Mail",
  "Department",
  "ManagerID",
  "HireDate",
  "LastDay",
  "EntraObjectId",
] as const;
const firstNames = [
  "Ada",
  "Björn",
  "Carmen",
  "Dmitri",
  "Esra",
  "Farid",
  "Grace",
  "Hugo",
  "Ines",
  "Jonas",
  "Keiko",
  "Liam",
  "Maya",
  "Nils",
  "Olga",
];
const lastNames = [
  "Andersson",
  "Brandt",
  "Castro",
  "Dvořák",
  "Eriksen",
  "Fischer",
  "García",
  "Hansen",
  "Ito",
  "Jansen",
];
const departments = ["Payments", "Logistics", "Web", "Finance"];

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? "";
}

function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[^a-zA-Z]/g, "")
    .toLowerCase();
}

/** The worker with this number; the same number gives the same person. */
export function inventRow(number: number): Row {
  const FirstName = pick(firstNames, number);
  const LastName = pick(lastNames, Math.floor(number / 2));
  return {
    WorkerID: String(1000 + number),
    WorkerStatus: "Active",
    FirstName,
    LastName,
    Mail: `${plain(FirstName)}.${plain(LastName)}.${number}@contoso.com`,
    Department: pick(departments, Math.floor(number / 3)),
    ManagerID: String(1000 + (number % 6)),
    HireDate: "2021-03-01",
    LastDay: "",
    EntraObjectId: `0b1ec7ed-0000-4000-8000-${String(1000 + number).padStart(12, "0")}`,
  };
}

/** The rows as CSV with a header. */
export function toCsv(rows: readonly Row[]): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns.join(","), ...rows.map((row) => columns.map((column) => cell(row[column])).join(","))]
    .join("\r\n")
    .concat("\r\n");
}
