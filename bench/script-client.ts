// What both scripts share: the official client, the HR file as records, a pool of eight, and the count of writes. A script
// as a careful person writes it: the SDK's own retry policy is kept as it is.
import { readFile } from "node:fs/promises";
import { ApiManagementClient } from "@azure/arm-apimanagement";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { identity } from "./arm-token.ts";
import type { Employee } from "./employee.ts";
import type { Endpoint } from "./simulator-job.ts";
import type { Facts } from "./task.ts";

const text = z.string();
const rowSchema = z.array(
  z.object({
    number: text,
    status: z.enum(["Active", "Ended"]),
    firstName: text,
    lastName: text,
    email: text,
    department: text,
    costCenter: text,
    division: text,
    organization: text,
    title: text,
    startDate: text,
    timeZone: text,
  }),
);

/** Every person of the HR file. */
export async function readPeople(hrFile: string): Promise<readonly Employee[]> {
  return rowSchema.parse(parse(await readFile(hrFile), { columns: true }));
}

export type ScriptClient = {
  readonly client: ApiManagementClient;
  /** Of the service, as every method of the client takes them. */
  readonly group: string;
  readonly service: string;
};

/** The official client. Its bearer policy refuses plain HTTP, so one that does the same without that check stands in
 * for it: the simulator listens on loopback. */
export function openScriptClient({ address, resourceId }: Endpoint): ScriptClient {
  const [, , subscription = "", , group = "", , , , service = ""] = resourceId.split("/");
  const client = new ApiManagementClient(identity, subscription, {
    endpoint: address,
    $host: address,
    allowInsecureConnection: true,
  });
  client.pipeline.removePolicy({ name: "bearerTokenAuthenticationPolicy" });
  client.pipeline.addPolicy({
    name: "bearerOverPlainHttp",
    async sendRequest(request, next) {
      request.headers.set("Authorization", `Bearer ${(await identity.getToken("arm"))?.token}`);
      return next(request);
    },
  });
  return { client, group, service };
}

/** Does the work for each item, eight at a time. */
export async function eightAtATime<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

const tooManyRequests = 429;

/** Does the script's work, which tells of each write that is done. The SDK sends a refused request again a few times; a
 * script whose request was refused once more than that ends there, and the facts tell how far it came. */
export async function countWrites(work: (wrote: () => void) => Promise<void>): Promise<Facts> {
  let writes = 0;
  try {
    await work(() => {
      writes += 1;
    });
  } catch (error) {
    if (!(error instanceof Error && "statusCode" in error && error.statusCode === tooManyRequests)) throw error;
    return { writes, stoppedBy: tooManyRequests };
  }
  return { writes };
}
