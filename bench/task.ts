// The tasks that are measured, each in a process of its own, and what such a process tells.
import { z } from "zod";
import { armLimitsSchema, companySize, endpointSchema } from "./simulator-job.ts";

const against = { endpoint: endpointSchema, company: companySize, hrFile: z.string() };

const storage = z.strictObject({ blob: z.string(), table: z.string(), queue: z.string() });

const ours = z.strictObject({
  kind: z.literal("ours"),
  ...against,
  mode: z.enum(["plan", "apply"]),
  door: z.enum(["arm", "direct"]),
  /** Requests under way at once; the client's own choice where absent. */
  concurrency: z.int().optional(),
  /** Limits that the service is known to have; the published ones where absent. */
  armLimits: armLimitsSchema.optional(),
  /** Where the state of runs and the roster are kept; in memory where absent. */
  storage: storage.optional(),
});

/** A process that takes runs from the queue, beside others, until all have ended. */
const queueWorker = z.strictObject({
  ...ours.omit({ kind: true, endpoint: true }).shape,
  kind: z.literal("queueWorker"),
  endpoints: z.array(endpointSchema),
  /** The services share one set of limits. */
  sharedLimits: z.boolean().optional(),
  /** Asks for a run of each target first; one of the processes does. */
  asks: z.boolean(),
  /** How often each message is delivered. */
  deliveries: z.int(),
  /** `batchSize` and `newBatchThreshold` of host.json: so many messages are taken when no more than those are in work. */
  batchSize: z.int(),
  newBatchThreshold: z.int(),
  storage,
  prefix: z.string(),
  /** Where it writes when it held which lease. */
  leasesFile: z.string(),
});

const bareCalls = z.strictObject({
  kind: z.literal("bareCalls"),
  endpoint: endpointSchema,
  calls: z.int(),
  concurrency: z.int(),
});

/** The doors of the app on the local stack, each asked over HTTP. */
const doors = z.strictObject({
  kind: z.literal("doors"),
  /** The repository, with the built app. */
  root: z.string(),
  folder: z.string(),
});

/** A burst of events at the app on the local stack, from its door to the decisions. */
const eventBurst = z.strictObject({
  kind: z.literal("eventBurst"),
  /** The repository, with the built app. */
  root: z.string(),
  folder: z.string(),
  events: z.int(),
});

const taskSchema = z.discriminatedUnion("kind", [
  ours,
  queueWorker,
  bareCalls,
  doors,
  eventBurst,
  z.strictObject({ kind: z.literal("fairScript"), ...against }),
  z.strictObject({ kind: z.literal("usualScript"), ...against }),
  z.strictObject({ kind: z.literal("receive"), endpoint: endpointSchema }),
  z.strictObject({ kind: z.literal("readPeople"), hrFile: z.string(), scope: z.string() }),
  z.strictObject({ kind: z.literal("parseCsv"), hrFile: z.string() }),
]);

export type Task = z.output<typeof taskSchema>;
export type OursTask = z.output<typeof ours>;
export type StorageEndpoints = z.output<typeof storage>;
export type QueueWorkerTask = z.output<typeof queueWorker>;
export type DoorsTask = z.output<typeof doors>;
export type EventBurstTask = z.output<typeof eventBurst>;
export type BareCallsTask = z.output<typeof bareCalls>;
export type ScriptTask = Extract<Task, { kind: "fairScript" | "usualScript" }>;

/** @throws ZodError for a task that is none */
export function parseTask(text: string): Task {
  return taskSchema.parse(JSON.parse(text));
}

export const reportSchema = z.strictObject({
  seconds: z.number(),
  /** Processor time of the process in the meantime: what the machine does beside it matters less to it. */
  cpuSeconds: z.number(),
  /** Peak of resident memory, MB of 10^6 bytes. */
  peakMb: z.number(),
  /** What else the task counted, by name. */
  facts: z.record(z.string(), z.number()),
});

export type Report = z.output<typeof reportSchema>;
/** What a task gives beside its time and memory. */
export type Facts = Report["facts"];
