// What the sync knows of each worker after planning, for decisions between two runs.
import type { Accounts } from "./accounts.ts";
import type { Person } from "./person.ts";
import type { Standings } from "./standings.ts";

export type WorkerEntry = {
  readonly person: Person;
  /** The worker's account, if there is one. */
  readonly userId?: string;
  readonly standing: "present" | "leaver";
};

/** The workers about whom HR's rows agree. Who is held, in conflict, not yet begun or
 * shares an address is in no decision: access is something that Rollcall gives. */
export function rosterEntries(standings: Standings, accounts: Pick<Accounts, "byWorker">): readonly WorkerEntry[] {
  const entries: WorkerEntry[] = [];
  for (const [worker, standing] of standings) {
    if (standing.kind !== "present" && standing.kind !== "leaver") continue;
    if (standing.person === undefined || (standing.kind === "present" && !standing.gives)) continue;
    const userId = accounts.byWorker.get(worker)?.user.id;
    entries.push({ person: standing.person, standing: standing.kind, ...(userId !== undefined && { userId }) });
  }
  return entries;
}
