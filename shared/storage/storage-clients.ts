// The storage account's clients, loaded on first use. A table, a container or a queue is made when it is first asked for.
import type { TableClient } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import type { ContainerClient } from "@azure/storage-blob";
import type { QueueClient } from "@azure/storage-queue";
import { AppError } from "../core/errors.ts";
import { onceForEach } from "../core/once.ts";
import { abortable } from "../http/aborted.ts";
import type { StorageEndpoints } from "./storage-endpoints.ts";
import { callStore } from "./store-error.ts";

/** All of them throw STORE_UNAVAILABLE, and ABORTED. */
export type StorageClients = {
  /** The prefix is put before the name. */
  table(name: string, signal: AbortSignal): Promise<TableClient>;
  /** The prefix is put before the name. */
  container(name: string, signal: AbortSignal): Promise<ContainerClient>;
  /** By its whole name: the Functions host knows it by that. */
  queue(name: string, signal: AbortSignal): Promise<QueueClient>;
};

export type StorageOptions = {
  readonly credential: TokenCredential;
  readonly endpoints: StorageEndpoints;
  /** Begins the name of every table, container and queue. */
  readonly prefix: string;
  /** How often a request is tried, and the first wait between tries; later waits grow. 5 and 500 ms by default. */
  readonly tries?: number;
  readonly retryDelayMs?: number;
  /** Fires when the making of a table, a container or a queue that begins now takes too long, all tries together. After
   * 30 seconds by default. */
  readonly openLimit?: () => AbortSignal;
};

/** @throws CONFIG_INVALID for a prefix that tables or containers cannot bear */
export function createStorageClients(options: StorageOptions): StorageClients {
  const {
    credential,
    endpoints,
    prefix,
    tries = 5,
    retryDelayMs = 500,
    openLimit = () => AbortSignal.timeout(30_000),
  } = options;
  checkPrefix(prefix);
  const retryOptions = { maxTries: tries, retryDelayInMs: retryDelayMs, maxRetryDelayInMs: 16 * retryDelayMs };

  async function makeTable(name: string, abortSignal: AbortSignal): Promise<TableClient> {
    const { TableClient } = await import("@azure/data-tables");
    const table = new TableClient(endpoints.table, name, credential, {
      retryOptions: { maxRetries: tries - 1, retryDelayInMs: retryDelayMs, maxRetryDelayInMs: 16 * retryDelayMs },
    });
    await table.createTable({ abortSignal });
    return table;
  }

  async function makeContainer(name: string, abortSignal: AbortSignal): Promise<ContainerClient> {
    const { ContainerClient } = await import("@azure/storage-blob");
    const container = new ContainerClient(`${endpoints.blob}/${name}`, credential, { retryOptions });
    await container.createIfNotExists({ abortSignal });
    return container;
  }

  async function makeQueue(name: string, abortSignal: AbortSignal): Promise<QueueClient> {
    const { QueueClient } = await import("@azure/storage-queue");
    const queue = new QueueClient(`${endpoints.queue}/${name}`, credential, { retryOptions });
    await queue.createIfNotExists({ abortSignal });
    return queue;
  }

  const table = opener("open a table of the store", makeTable, openLimit);
  const container = opener("open a container of the store", makeContainer, openLimit);
  const queue = opener("open a queue of the store", makeQueue, openLimit);
  return {
    table: (name, signal) => table(`${prefix}${name}`, signal),
    container: (name, signal) => container(`${prefix}-${name}`, signal),
    queue,
  };
}

type Make<T> = (name: string, signal: AbortSignal) => Promise<T>;

/** Makes it once for all who ask. So no single caller's signal stops the making, it only lets that caller go; the making
 * has a limit of its own, and one that failed or took too long is begun anew by the next who asks. */
function opener<T>(what: string, make: Make<T>, startLimit: () => AbortSignal): Make<T> {
  const made = onceForEach(async (name) => {
    const limit = startLimit();
    try {
      return await abortable(make(name, limit), limit);
    } catch (error) {
      if (!limit.aborted) throw error;
      throw new AppError(
        "STORE_UNAVAILABLE",
        `Cannot ${what}: the storage account did not answer in time, an answer was expected; check its name, the network and the app's identity`,
        { cause: error },
      );
    }
  });
  return (name, signal) => callStore(what, signal, () => abortable(made(name), signal));
}

/** Table names allow letters and digits, container names lower case: both from 3 to 63 characters.
 * @throws CONFIG_INVALID */
function checkPrefix(prefix: string): void {
  if (/^[a-z][a-z0-9]{2,39}$/.test(prefix)) return;
  throw new AppError(
    "CONFIG_INVALID",
    `Cannot name the store's tables: the prefix is "${prefix}", a letter and 2 to 39 lower-case letters and digits were expected`,
  );
}
