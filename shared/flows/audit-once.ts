// One decision, one record of the audit, though several look at once and any of them may die. A log can only be
// appended to, so who appends is settled before: by the PATCH that only one look's ETag lets through, or by a claim in
// the request's record. The others leave it alone. A look that fails gives its claims up; of one that died they run
// out. Then a later look, because its message comes again or the sweep asks, takes over: it reads the audit, and
// appends what is missing.
import { type AuditEntry, auditDay, readAuditLine } from "../core/audit-chain.ts";
import type { RequestRecord } from "../core/request.ts";
import type { Versioned } from "../request-ports.ts";
import { audit, type Look, putAndKeep, type Stepped } from "./look.ts";

/** Longer than a look may take (2 minutes), and the write of the audit that it began last (1 minute). */
const claimMs = 5 * 60_000;

type Known = { readonly value: RequestRecord; readonly version: string | undefined };

/** The record with this look's claim. `since`: nobody can have recorded the decision before. */
export function withClaim(request: RequestRecord, id: string, since: number, { world }: Look): RequestRecord {
  const { claim } = request;
  const first = claim?.id === id ? Math.min(claim.since, since) : since;
  return { ...request, claim: { id, since: first, until: world.clock.now() + claimMs } };
}

/** Before a PATCH that writes a decision: whoever finds it written leaves the audit to this look for a while. Others may
 * claim the same; one PATCH gets through. Undefined: somebody wrote meanwhile, read again. */
export async function claimWrite(
  record: Versioned<RequestRecord>,
  id: string,
  since: number,
  look: Look,
): Promise<Versioned<RequestRecord> | undefined> {
  if (look.own.has(id)) return record;
  const written = await putAndKeep(withClaim(record.value, id, since, look), record.version, look);
  if (written !== undefined) look.own.set(id, { as: "claimed", record: written });
  return written;
}

/** This look's PATCH got through: nobody else has come so far. */
export function ownWrite(record: Versioned<RequestRecord>, id: string, look: Look): void {
  look.own.set(id, { as: "mine", record });
}

/** Before a record of the audit, or before people are told something. Gives the request's record where this look is to do
 * so; otherwise how the look goes on. `done`: another one is at it, or died a moment ago.
 * @param found what is written already, so that it may be recorded as well */
export async function claimRecord(
  known: Known,
  { id, since, found }: { readonly id: string; readonly since: number; readonly found: boolean },
  look: Look,
): Promise<Known | Stepped> {
  const { value, version } = known;
  const as = look.own.get(id)?.as;
  if (as !== undefined && as !== "claimed") return known;
  const wasClaimed = value.claim?.id === id;
  if (wasClaimed && (value.claim?.until ?? 0) > look.world.clock.now()) {
    look.log.info("request.claimed", { until: value.claim?.until });
    return "done";
  }
  const record = await putAndKeep(withClaim(value, id, since, look), version, look);
  if (record === undefined) return "again";
  look.own.set(id, { as: found || wasClaimed ? "takenOver" : "mine", record });
  return record;
}

async function stands({ claim }: RequestRecord, id: string, { target, world, signal }: Look): Promise<boolean> {
  const first = auditDay(claim?.id === id ? claim.since : 0);
  for (const day of (await world.audit.days(target.name, signal)).filter((each) => each >= first)) {
    const lines = await world.audit.read(target.name, day, signal);
    if (lines.some((line) => readAuditLine(line)?.id === id)) return true;
  }
  return false;
}

/** Records the decision that this look claimed, unless it is there. @throws STORE_UNAVAILABLE */
export async function recordOnce(
  request: RequestRecord,
  entry: Pick<AuditEntry, "action" | "by" | "text"> & { readonly id: string },
  look: Look,
): Promise<void> {
  const { id } = entry;
  const own = look.own.get(id);
  if (own === undefined || own.as === "recorded") return;
  if (own.as === "mine" || !(await stands(request, id, look))) await audit(request, entry, look);
  look.own.set(id, { ...own, as: "recorded" });
}

/** After a failure: whoever tries again need not wait for this look. A claim that somebody wrote over is not touched. */
export async function giveUpClaims({ own, world, log, signal }: Look): Promise<void> {
  for (const { value, version } of [...own.values()].map(({ record }) => record)) {
    const { claim } = value;
    if (claim === undefined) continue;
    const givenUp = { ...value, claim: { ...claim, until: world.clock.now() } };
    await world.requests.putRequest(givenUp, version, signal).catch(() => log.warn("request.claim.kept"));
  }
}
