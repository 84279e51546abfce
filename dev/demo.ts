// `npm run demo`: people, then requests, as a story on the embedded local stack. Ends by itself.
import { fileURLToPath } from "node:url";
import { createDemo, type Demo } from "./stack/demo-tools.ts";
import { freePort } from "./stack/free-port.ts";
import { inventRow, type Row } from "./stack/people-file.ts";
import { requestsStory } from "./stack/requests-story.ts";
import { startStack } from "./stack/stack.ts";
import { withTrustedCertificate } from "./stack/trust.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const headcount = 60;

async function firstRun({ say, title, show, cli, fireTimer }: Demo): Promise<void> {
  title("1. The key comes from Key Vault, a token is made");
  const expiry = new Date(Date.now() + 3_600_000).toISOString();
  const token = await cli("token", "--identifier", "integration", "--expiry", expiry, "--secret", "apim-sas-primary");
  say(`Authorization: ${token.trim().replace(/sn=.*/, "sn=…")} (signature left out)`);

  title("2. The plan, before anything is written");
  await show("plan");

  title("3. The timer fires: users, groups and memberships are written");
  await fireTimer();
}

async function secondRun({ say, title, apply, stack }: Demo): Promise<void> {
  title("4. The same again: nothing to change, and nothing but the lists is read");
  stack.apim.resetRequests();
  await apply();
  const { counts } = stack.apim.requests();
  say(
    `Requests to API Management: ${Object.entries(counts)
      .map(([what, count]) => `${count} × ${what}`)
      .join(", ")}`,
  );
}

async function joinerMoverLeaver({ title, apply, stack, show }: Demo, rows: readonly Row[]): Promise<readonly Row[]> {
  title("5. HR changes: one joiner, one mover, one leaver");
  const changed = [
    ...rows.map((row, index) => {
      if (index === 0) return { ...row, Department: "Web" };
      return index === 11 ? { ...row, WorkerStatus: "Inactive" as const, LastDay: "2026-01-31" } : row;
    }),
    inventRow(headcount),
  ];
  await stack.writePeople(changed);
  await show("plan");
  await apply();
  return changed;
}

async function brokenExport({ say, title, apply, stack }: Demo, rows: readonly Row[]): Promise<void> {
  title("6. The export breaks off in the middle of a row: nobody leaves by a bad read");
  const { readFile, writeFile } = await import("node:fs/promises");
  const whole = await readFile(stack.peopleFile, "utf8");
  const row = whole.indexOf("\r\n", whole.length / 2) + 2;
  await writeFile(stack.peopleFile, whole.slice(0, whole.indexOf(",", row) + 3));
  const run = await apply();
  for (const { source, completeness, incompleteBecause } of run.sources ?? [])
    say([`Source ${source} is ${completeness}`, ...incompleteBecause.map((reason) => `  ${reason}`)].join("\n"));
  await stack.writePeople(rows);
}

async function massRemoval({ say, title, step, apply, stack, show, post }: Demo, rows: readonly Row[]): Promise<void> {
  title("7. Half of the company is gone, says HR: the guard blocks the plan");
  await stack.writePeople(
    rows.map((row, index) =>
      index % 2 === 0 ? { ...row, WorkerStatus: "Inactive" as const, LastDay: "2026-02-28" } : row,
    ),
  );
  const blocked = await apply();
  say("Somebody looks at the plan …");
  await show("plan");

  const { digest = "" } = blocked;
  say("… and accepts its digest. With an ordinary function key that is refused:");
  const refused = await post({ target: "contoso", mode: "apply", accept: digest }, stack.keys.default);
  step(`${refused.status} ${refused.text}`);
  say("With the key that is reserved for accepting, exactly that plan runs, once:");
  await apply({ accept: digest }, stack.keys.accept);
}

await withTrustedCertificate(`${root}.local`, async (certificate) => {
  const startedAt = Date.now();
  const people = Array.from({ length: headcount }, (_, number) => inventRow(number));
  const stack = await startStack({
    root,
    folder: `${root}.local/demo`,
    certificate,
    people,
    contractors: 8,
    // The links in mails name the app's address, which it has to know from the start.
    ports: { host: await freePort(), apim: 0, keyVault: 0, identity: 0 },
    latencyMs: 25,
    timers: "byHand",
  });
  try {
    const demo = createDemo(stack, root);
    demo.say("Rollcall keeps the developer accounts of Azure API Management in step with HR.");
    demo.say(
      "This demo runs the real app in a local Functions host. API Management, Key Vault, the managed identity, a mail server and the contractors' HR system are simulators on this machine, storage is Azurite; nothing leaves it. What stands behind a bar is what the command line, a mail or an answer of the app says.",
    );
    await firstRun(demo);
    await secondRun(demo);
    const rows = await joinerMoverLeaver(demo, people);
    await brokenExport(demo, rows);
    await massRemoval(demo, rows);
    await requestsStory(demo, rows);
    demo.title(`Done in ${Math.round((Date.now() - startedAt) / 1000)} seconds`);
    demo.say("npm start keeps the same stack up to play with. README.md says what to read next.");
  } finally {
    await stack.close();
  }
});
