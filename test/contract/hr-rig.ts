// A simulated HR system, and a source that reads it over the real HTTP chain: time and secrets are the test's.
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type HrServer, type HrServerOptions, startHrServer } from "../../dev/hr/hr-server.ts";
import type { HrSystem } from "../../dev/hr/hr-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import type { MappableField, Person } from "../../shared/core/person.ts";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createSourceDeps } from "../../shared/people/create-source-deps.ts";
import { createSource } from "../../shared/people/kinds.ts";
import type { SourceDeps } from "../../shared/people/source-deps.ts";
import type { SourceEntry } from "../../shared/people/source-kind.ts";
import type { PeopleSource } from "../../shared/ports.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { sourceDeps, sourceEntry } from "../people/source-kit.ts";

/** The entry of the rules for a system at that address. */
export type EntryAt = (address: string) => Partial<SourceEntry>;

export type HrRig = {
  readonly server: HrServer;
  readonly source: PeopleSource;
  readonly deps: SourceDeps;
  readonly clock: ReturnType<typeof createFixedClock>;
  readonly log: ReturnType<typeof createRecordingLog>;
};

/** Starts the rig of one test, from the kind's entry unless another one is given. */
export type Start = (options?: RigOptions, from?: EntryAt) => Promise<HrRig>;

export type RigOptions = HrServerOptions & {
  readonly wrap?: (deps: SourceDeps, server: HrServer) => Partial<SourceDeps>;
};

export const pageSize = 3;
export const staff = inventWorkers(11);

/** A system and a source that reads it over the whole chain. `wrap` changes what the source gets. */
export async function startHrRig(system: HrSystem, entry: EntryAt, options: RigOptions = {}): Promise<HrRig> {
  const { wrap = () => ({}), ...serverOptions } = options;
  const clock = createFixedClock();
  const log = createRecordingLog();
  const server = await startHrServer(system, { pageSize, workers: staff, now: clock.now, ...serverOptions });
  let secret = serverOptions.secret ?? "hr-secret";
  const secrets = {
    get: async (_: string, { fresh }: { readonly fresh?: boolean }) => {
      if (fresh === true) secret = "rotated";
      return secret;
    },
  };
  const { expressions } = sourceDeps();
  const identity = { getToken: async () => ({ token: secret, expiresOnTimestamp: clock.now() + 3_600_000 }) };
  const transport = createNodeFetchTransport();
  const made = createSourceDeps({ clock, log, secrets, identity, expressions, transport });
  const deps = { ...made, ...wrap(made, server) };
  return {
    server,
    source: createSource(sourceEntry({ columns: {}, ...entry(server.address) }), deps),
    deps,
    clock,
    log,
  };
}

/** Every field of a worker that a kind may give, under the names that Rollcall has for them. */
export function personOf(worker: HrWorker, fields: readonly (MappableField | "status")[]): Partial<Person> {
  const whole: Readonly<Record<string, unknown>> = { ...worker };
  return Object.fromEntries(fields.map((field) => [field, whole[field]])) as Partial<Person>;
}

/** Counts how many of the things that it was shown are still held by somebody. */
export function watchHeld() {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  const shown: WeakRef<object>[] = [];
  let most = 0;
  return {
    show: (thing: object) => void shown.push(new WeakRef(thing)),
    async look() {
      await nextTurn();
      if (typeof collect === "function") collect();
      most = Math.max(most, shown.filter((thing) => thing.deref() !== undefined).length);
    },
    seen: () => shown.length,
    most: () => most,
  };
}
