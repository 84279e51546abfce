// host.json as the host reads it, with the defaults of the Functions runtime 4 and of its Storage extension 5.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

export type QueueSettings = {
  /** Messages taken at a time, 1 to 32. */
  readonly batchSize: number;
  /** The next batch is taken when no more than so many are at work. */
  readonly newBatchThreshold: number;
  /** Milliseconds between two looks into an empty queue, at most. */
  readonly maxPollingInterval: number;
  /** Milliseconds after which a message that failed can be seen again. */
  readonly visibilityTimeout: number;
  /** Tries before a message goes to the poison queue. */
  readonly maxDequeueCount: number;
  readonly messageEncoding: "none" | "base64";
};

export type HostSettings = {
  /** Milliseconds; undefined is without limit. */
  readonly functionTimeout: number | undefined;
  /** First path segment of every HTTP function, without slashes; may be empty. */
  readonly routePrefix: string;
  readonly queues: QueueSettings;
};

const timeSpanPattern = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?$/;

const timeSpanSchema = z
  .string()
  .regex(timeSpanPattern, "expected a time span like 00:05:00")
  .transform(toMilliseconds);

const queuesSchema = z
  .object({
    batchSize: z.number().int().min(1).max(32).default(16),
    newBatchThreshold: z.number().int().min(0).optional(),
    maxPollingInterval: timeSpanSchema.pipe(z.number().min(100)).default(60_000),
    visibilityTimeout: timeSpanSchema.default(0),
    maxDequeueCount: z.number().int().min(1).default(5),
    messageEncoding: z.enum(["none", "base64"]).default("base64"),
  })
  .transform((queues) => ({
    ...queues,
    newBatchThreshold: queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2),
  }));

const hostSchema = z.object({
  version: z.literal("2.0"),
  functionTimeout: z
    .union([z.literal("-1").transform(() => Number.POSITIVE_INFINITY), timeSpanSchema])
    .default(30 * 60_000),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default("api") }).prefault({}),
      queues: queuesSchema.prefault({}),
    })
    .prefault({}),
});

/** Reads host.json of the app's root. @throws an Error that names the setting when it does not fit */
export async function readHostJson(root: string): Promise<HostSettings> {
  const file = join(root, "host.json");
  const parsed = hostSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success) throw new Error(`Cannot read ${file}: ${z.prettifyError(parsed.error)}`);
  const { functionTimeout, extensions } = parsed.data;
  return {
    functionTimeout: Number.isFinite(functionTimeout) ? functionTimeout : undefined,
    routePrefix: extensions.http.routePrefix.replace(/^\/|\/$/g, ""),
    queues: extensions.queues,
  };
}

function toMilliseconds(text: string): number {
  const [, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = "0"] = timeSpanPattern.exec(text) ?? [];
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
}
