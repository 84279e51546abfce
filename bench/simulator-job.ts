// What the harness asks of a simulator process, and what it is told: the words that both sides share.
import { z } from "zod";

const bucket = z.strictObject({ capacity: z.number(), perSecond: z.number() });

/** Buckets of reads, writes and deletes, as the simulator takes them. */
export const armLimitsSchema = z.strictObject({ reads: bucket, writes: bucket, deletes: bucket });

export type ArmLimits = z.output<typeof armLimitsSchema>;

export const companySize = z.strictObject({ people: z.int(), groups: z.int(), changedShare: z.number() });

export const simulatorJob = z.strictObject({
  /** Whom the service knows already; absent: a new service. */
  company: companySize.optional(),
  armLimits: armLimitsSchema.optional(),
  latencyMs: z.number().optional(),
  /** How many services, each at an address of its own. */
  services: z.int().default(1),
  /** All services are in one Azure subscription and share its limits. */
  sharedLimits: z.boolean().default(false),
});

export type SimulatorJob = z.input<typeof simulatorJob>;

export const endpointSchema = z.strictObject({
  address: z.string(),
  resourceId: z.string(),
  identifier: z.string(),
  primaryKey: z.string(),
});

/** Where a service is and how to get in. */
export type Endpoint = z.output<typeof endpointSchema>;

/** The part of a simulator that a client needs. */
export function toEndpoint({ address, resourceId, identifier, primaryKey }: Endpoint): Endpoint {
  return { address, resourceId, identifier, primaryKey };
}
