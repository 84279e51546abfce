// A file that is cut off, through the whole program: who is not in it any more may still be whom the rest says something of.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const { signal } = new AbortController();
const head = "Number,First,Last,Mail,Status\n";
let folder: string;
let file: string;
let local: LocalRun;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-broken-off-"));
  file = join(folder, "hr.csv");
  local = await startLocalRun({
    rules: (simulator) => `owner: contoso-platform
${targetRules("arm", simulator)}sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(file)}
    columns: { employeeNumber: Number, givenName: First, familyName: Last, email: Mail }
    status: { column: Status, active: [Active], ended: [Ended] }
    expect: { maxShrinkPercent: 30 }
people: { defaultTimeZone: Europe/Stockholm, employments: activeWins }
`,
  });
});
afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

function row(number: string, email: string, status = "Active"): string {
  return `${number},Ada,Ek,${email},${status}\n`;
}

const others = Array.from({ length: 4 }, (_, index) => row(`9${index}`, `other${index}@contoso.com`)).join("");

async function runWith(rows: string) {
  await writeFile(file, head + rows);
  const { run, plan } = await local.run();
  const { sources: [source] = [] } = run;
  return {
    completeness: source?.completeness,
    changes: plan.changes.map(({ kind, key }) => `${kind} ${key}`),
    findings: plan.findings.map(({ code, worker }) => `${code} ${worker}`),
  };
}

describe("a read that broke off", () => {
  it("blocks nobody by one of several employments: the other one may be in what is missing", async () => {
    const ended = row("1", "ada@contoso.com", "Ended");
    await runWith(ended + others + row("1", "ada@contoso.com"));

    const cut = await runWith(ended + row("2", "new@contoso.com"));
    expect(cut).toMatchObject({ completeness: "incomplete", changes: [expect.stringMatching(/^createUser/)] });
    expect(cut.findings).toContain("rowsMissing employee/1");

    const whole = await runWith(ended + others + row("2", "new@contoso.com"));
    expect(whole).toMatchObject({ completeness: "complete", changes: [expect.stringMatching(/^blockUser/)] });
  });

  it("gives nobody an address that several had when everybody was last read", async () => {
    const [first, second] = [row("1", "both@contoso.com"), row("2", "Both@contoso.com")];
    await runWith(first + others + second);

    const cut = await runWith(first);

    expect(cut).toMatchObject({ completeness: "incomplete", changes: [] });
    expect(cut.findings).toContain("sharedAddress employee/1");
    const kept = JSON.stringify(await local.store.getClaims("contoso", signal));
    expect(kept).toMatch(/"provesNothing":true/);
    expect(kept).not.toMatch(/contoso\.com|employee/);
  });

  it("still blocks whose only row says that they have left", async () => {
    await runWith(row("1", "ada@contoso.com") + others);

    const cut = await runWith(row("1", "ada@contoso.com", "Ended"));

    expect(cut).toMatchObject({ completeness: "incomplete", changes: [expect.stringMatching(/^blockUser/)] });
  });
});
