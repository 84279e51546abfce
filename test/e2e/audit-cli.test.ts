// `rollcall audit` as a person runs it: the built program, against storage.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppendBlobClient } from "@azure/storage-blob";
import { describe, expect, it, onTestFinished } from "vitest";
import { factsHash, factsName } from "../../shared/core/facts.ts";
import { createAzureAudit } from "../../shared/requests/azure-audit.ts";
import { createAzureRequestStore } from "../../shared/requests/azure-request-store.ts";
import type { StorageOptions } from "../../shared/storage/storage-clients.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { startOfTime } from "../helpers/records.ts";
import { anAuditEntry } from "../helpers/request-records.ts";
import { type Ended, runRollcall } from "../helpers/rollcall.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const storage = useAzurite();
const today = "2026-03-02";

function rollcallOf({ endpoints, prefix }: StorageOptions, args: readonly string[]): Promise<Ended> {
  return runRollcall(args, {
    ROLLCALL_STATE_PREFIX: prefix,
    AzureWebJobsStorage__blobServiceUri: endpoints.blob,
    AzureWebJobsStorage__queueServiceUri: endpoints.queue,
    AzureWebJobsStorage__tableServiceUri: endpoints.table,
  });
}

function rollcall(options: StorageOptions, ...args: readonly string[]): Promise<Ended> {
  return rollcallOf(options, ["audit", ...args, "--target", "contoso"]);
}

const target = (name: string): string => {
  const service = "resourceGroups/rg/providers/Microsoft.ApiManagement/service";
  return `  - { name: ${name}, door: arm, resourceId: /subscriptions/6f2d6f6e-0c1a-4a51-9e0e-1d7f6d5b8a01/${service}/${name} }\n`;
};
const twoTargets = `owner: contoso-platform
targets:
${target("contoso")}${target("fabrikam")}sources:
  - { name: hr, kind: csv, location: hr.csv, columns: { employeeNumber: Id, email: Mail } }
people: { defaultTimeZone: Europe/Stockholm }
`;

async function written(): Promise<StorageOptions> {
  const options = storage.options();
  const audit = createAzureAudit(options)(createRecordingLog());
  const requests = createAzureRequestStore({ ...options, clock: { now: () => startOfTime } });
  const blob = factsName(startOfTime, "contoso", "s1");
  const facts = { salt: "s", facts: { requester: { person: { department: "Payments\u001b[31m" } } } };
  await requests.putFacts(blob, facts, signal);
  await audit.append(anAuditEntry(0, { subscription: "s1", facts: { blob, hash: factsHash(facts) } }), signal);
  await audit.append(anAuditEntry(1, { subscription: "s2" }), signal);
  await audit.append(
    anAuditEntry(24 * 60 * 60_000, { subscription: "s1", by: "rollcall", text: "Access ended" }),
    signal,
  );
  return options;
}

/** Writes a day's blob anew, as somebody does who may. */
async function rewrite({ endpoints, prefix, credential }: StorageOptions, edit: (text: string) => string) {
  const blob = new AppendBlobClient(`${endpoints.blob}/${prefix}-audit/contoso/${today}/000001.ndjson`, credential);
  const text = edit((await blob.downloadToBuffer()).toString("utf8"));
  await blob.create();
  await blob.appendBlock(text, Buffer.byteLength(text));
}

describe("rollcall audit", () => {
  it("tells the story of a subscription, with facts, and nothing that steers the terminal", async () => {
    const { code, stdout } = await rollcall(await written(), "--subscription", "s1");

    expect({ code, lines: stdout.trimEnd().split("\n") }).toEqual({
      code: 0,
      lines: [
        "2026-03-02 08:00:00 UTC  rule payments-team: Approved, time 0.",
        "    requester.person.department = Payments\\u001b[31m",
        "2026-03-03 08:00:00 UTC  rollcall: Access ended",
      ],
    });
  });

  it("verify ends with 0 for a whole audit, and tells where each day's chain ends", async () => {
    const { code, stdout } = await rollcall(await written(), "verify");

    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^contoso 2026-03-02: 2 records, whole; number 2 has the hash [0-9a-f]{64}$/),
      expect.stringMatching(/^contoso 2026-03-03: 1 record, whole; number 1 has the hash [0-9a-f]{64}$/),
    ]);
  });

  it("verify ends with 1 for an audit that was changed, and tells where", async () => {
    const options = await written();
    await rewrite(options, (text) => text.replace("Approved, time 0.", "Approved, time 9."));

    const { code, stdout } = await rollcall(options, "verify", "--day", today);
    expect({ code, lines: stdout.trimEnd().split("\n") }).toEqual({
      code: 1,
      lines: [
        "contoso 2026-03-02: 2 records, NOT WHOLE",
        "  changed: Record 1 is not as it was when record 2 was written.",
      ],
    });
  });

  it("verify --json gives the faults as data; --noted holds a day against the log", async () => {
    const options = await written();
    const noted = `7:${"ab".repeat(32)}`;
    const { code, stdout } = await rollcall(options, "verify", "--day", "2026-03-03", "--noted", noted, "--json");

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      whole: false,
      days: [{ target: "contoso", day: "2026-03-03", records: 1, faults: [{ kind: "cutOff" }] }],
    });
  });

  it.each([[[]], [["show"]], [["verify", "--day", "today"]], [["verify", "--noted", "1:2", "--day", today]]])(
    "refuses %j",
    async (args) => {
      const { code, stderr } = await rollcall(storage.options(), ...args);

      expect(code).toBe(2);
      expect(stderr).toContain("CONFIG_INVALID");
    },
  );

  it.each([
    [["--day", "2026-03-04"], 'Cannot verify the audit of 2026-03-04: "contoso" has no records of that time'],
    [["--since", "2030-01-01"], 'Cannot verify the audit since 2030-01-01: "contoso" has no records of that time'],
  ])("verify %j ends with 2: there is nothing that could be whole", async (days, text) => {
    const { code, stdout, stderr } = await rollcall(await written(), "verify", ...days);

    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining(text) });
  });

  it("verify --day says which of several targets has no records of it", async () => {
    const options = await written();
    const folder = await mkdtemp(join(tmpdir(), "rollcall-audit-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const rules = join(folder, "two.yaml");
    await writeFile(rules, twoTargets);
    const { code, stdout } = await rollcallOf(options, ["audit", "verify", "--day", today, "--config", rules]);

    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toEqual([
      expect.stringContaining("contoso 2026-03-02: 2 records, whole"),
      "fabrikam 2026-03-02: no records",
    ]);
    for (const rest of [["verify"], ["--subscription", "s1"]])
      expect(await rollcallOf(options, ["audit", ...rest, "--target", "nope", "--config", rules])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Cannot find the target "nope": the rules have "contoso", "fabrikam"'),
      });
  });

  it("says since when there is nothing about a subscription", async () => {
    const { stdout } = await rollcall(await written(), "--subscription", "s1", "--since", "2026-03-04");

    expect(stdout).toBe('The audit holds nothing about the subscription "s1" since 2026-03-04\n');
  });
});
