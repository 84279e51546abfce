import { AppendBlobClient, ContainerClient } from "@azure/storage-blob";
import { describe, expect, it } from "vitest";
import { verifyAudit } from "../../shared/flows/verify-audit.ts";
import type { Log, LogFields } from "../../shared/ports.ts";
import type { Audit } from "../../shared/request-ports.ts";
import { createAzureAudit } from "../../shared/requests/azure-audit.ts";
import type { StorageOptions } from "../../shared/storage/storage-clients.ts";
import { describeAuditContract } from "../contract/audit-contract.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { anAuditEntry } from "../helpers/request-records.ts";

const signal = new AbortController().signal;
const day = 24 * 60 * 60_000;
const today = "2026-03-02";
const storage = useAzurite();

type Line = { readonly event: string } & LogFields;

function start(options: StorageOptions & { blocksPerBlob?: number } = storage.options()) {
  const said: Line[] = [];
  const write = (event: string, fields?: LogFields) => void said.push({ event, ...fields });
  const log: Log = { debug: write, info: write, warn: write, error: write, with: () => log };
  return { options, said, audit: createAzureAudit(options)(log) };
}

async function faults(audit: Audit, target = "contoso") {
  const found: string[] = [];
  for await (const check of verifyAudit({ target }, audit, signal)) found.push(...check.faults.map(({ text }) => text));
  return found;
}

function containerOf({ endpoints, prefix, credential }: StorageOptions): ContainerClient {
  return new ContainerClient(`${endpoints.blob}/${prefix}-audit`, credential);
}

describeAuditContract("createAzureAudit", async () => start().audit);

describe("createAzureAudit", () => {
  it("several processes that write at once make one chain, and none of their records is lost", async () => {
    const options = storage.options();
    const audits = Array.from({ length: 4 }, () => start(options).audit);
    await Promise.all(
      audits.flatMap((audit, process) =>
        Array.from({ length: 25 }, (_, index) => audit.append(anAuditEntry(process * 100 + index), signal)),
      ),
    );
    // Each of them believes that the blob ends where it left it.
    for (const [process, audit] of audits.entries()) await audit.append(anAuditEntry(1000 + process), signal);

    const [audit] = audits;
    if (audit === undefined) throw new Error("An audit was expected");
    const lines = await audit.read("contoso", today, signal);
    expect(new Set(lines.map((line) => JSON.parse(line).text)).size).toBe(104);
    expect(lines).toHaveLength(104);
    expect(await faults(audit)).toStrictEqual([]);
  });

  it("begins another blob when one is full, also where others fill it", async () => {
    const options = { ...storage.options(), blocksPerBlob: 3 };
    const audits = [start(options).audit, start(options).audit];
    for (let index = 0; index < 11; index += 1) await audits[index % 2]?.append(anAuditEntry(index), signal);

    const names: string[] = [];
    for await (const { name } of containerOf(options).listBlobsFlat()) names.push(name);
    expect(names).toStrictEqual([1, 2, 3, 4].map((number) => `contoso/${today}/00000${number}.ndjson`));
    const { audit } = start(options);
    expect(await audit.read("contoso", today, signal)).toHaveLength(11);
    await audit.append(anAuditEntry(11), signal);
    expect(await faults(audit)).toStrictEqual([]);
  });

  it("goes on where another process stopped, behind a line longer than what is read first", async () => {
    const options = storage.options();
    await start(options).audit.append(anAuditEntry(1, { text: "ü".repeat(100_000) }), signal);
    const { audit } = start(options);
    await audit.append(anAuditEntry(2), signal);

    expect(await audit.read("contoso", today, signal)).toHaveLength(2);
    expect(await faults(audit)).toStrictEqual([]);
  });

  it("an answer that was lost does not make a second record", async () => {
    const options = storage.options();
    const { audit } = start(options);
    await audit.append(anAuditEntry(1), signal);
    const original = AppendBlobClient.prototype.appendBlock;
    let lost = 0;
    AppendBlobClient.prototype.appendBlock = async function (...call) {
      await original.apply(this, call);
      lost += 1;
      // As the client does when a connection broke off behind the first try.
      return await original.apply(this, call);
    };
    try {
      await audit.append(anAuditEntry(2), signal);
    } finally {
      AppendBlobClient.prototype.appendBlock = original;
    }

    expect(lost).toBe(1);
    expect(await audit.read("contoso", today, signal)).toHaveLength(2);
    await audit.append(anAuditEntry(3), signal);
    expect(await faults(audit)).toStrictEqual([]);
  });

  it("tells the log where the chain ends, and how the day before ended", async () => {
    const { audit, said } = start();
    await audit.append(anAuditEntry(1), signal);
    await audit.append(anAuditEntry(2), signal);
    await audit.append(anAuditEntry(day), signal);

    const first = said[0];
    const second = said[1];
    expect(first).toMatchObject({ event: "audit.recorded", target: "contoso", day: today, number: 1 });
    expect(second).toMatchObject({ event: "audit.recorded", number: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(said[2]).toStrictEqual({
      event: "audit.day.closed",
      target: "contoso",
      day: today,
      number: 2,
      hash: second?.hash,
    });
    expect(said).toHaveLength(4);
  });

  it("append throws STORE_UNAVAILABLE while no storage answers, and records again when one does", async () => {
    const options = storage.options();
    const { audit } = start(options);
    await audit.append(anAuditEntry(1), signal);
    await containerOf(options).delete();
    const failed = await Promise.allSettled([1, 2, 3].map((number) => audit.append(anAuditEntry(number), signal)));
    expect(failed.map((one) => (one.status === "rejected" ? one.reason.code : "done"))).toStrictEqual(
      Array(3).fill("STORE_UNAVAILABLE"),
    );
    await containerOf(options).create();

    await audit.append(anAuditEntry(4), signal);
    expect(await audit.read("contoso", today, signal)).toHaveLength(1);
  });
});
