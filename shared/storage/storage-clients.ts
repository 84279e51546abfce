// The storage account's clients, loaded on first use. A table or a container is made when it is first asked for.
import type { TableClient } from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import type { ContainerClient } from "@azure/storage-blob";
import { AppError } from "../core/errors.ts";
import type { StorageEndpoints } from "./storage-endpoints.ts";
import { callStore } from "./store-error.ts";

export type StorageClients = {
  /** @throws STORE_UNAVAILABLE */
  table(name: string, signal: AbortSignal): Promise<TableClient>;
  /** @throws STORE_UNAVAILABLE */
  container(name: string, signal: AbortSignal): Promise<ContainerClient>;
};

export type StorageOptions = {
  readonly credential: TokenCredential;
  readonly endpoints: StorageEndpoints;
  /** Begins the name of every table, container and queue. */
  readonly prefix: string;
  /** How often a request is tried, and the first wait between tries; later waits grow. 5 and 500 ms by default. */
  readonly tries?: number;
  readonly retryDelayMs?: number;
};

/** @throws CONFIG_INVALID for a prefix that tables or containers cannot bear */
export function createStorageClients(options: StorageOptions): StorageClients {
  const { credential, endpoints, prefix, tries = 5, retryDelayMs = 500 } = options;
  checkPrefix(prefix);
  const tables = new Map<string, Promise<TableClient>>();
  const containers = new Map<string, Promise<ContainerClient>>();

  async function makeTable(name: string): Promise<TableClient> {
    const { TableClient } = await import("@azure/data-tables");
    const table = new TableClient(endpoints.table, name, credential, {
      retryOptions: { maxRetries: tries - 1, retryDelayInMs: retryDelayMs, maxRetryDelayInMs: 16 * retryDelayMs },
    });
    await table.createTable();
    return table;
  }

  async function makeContainer(name: string): Promise<ContainerClient> {
    const { ContainerClient } = await import("@azure/storage-blob");
    const container = new ContainerClient(`${endpoints.blob}/${name}`, credential, {
      retryOptions: { maxTries: tries, retryDelayInMs: retryDelayMs, maxRetryDelayInMs: 16 * retryDelayMs },
    });
    await container.createIfNotExists();
    return container;
  }

  return {
    // The making is shared by all who ask, so no single caller's signal may stop it.
    table: (name, signal) =>
      callStore("open a table of the store", signal, () => once(tables, `${prefix}${name}`, makeTable)),
    container: (name, signal) =>
      callStore("open a container of the store", signal, () => once(containers, `${prefix}-${name}`, makeContainer)),
  };
}

/** Table names allow letters and digits, container names lower case: both from 3 to 63 characters.
 * @throws CONFIG_INVALID */
export function checkPrefix(prefix: string): void {
  if (/^[a-z][a-z0-9]{2,39}$/.test(prefix)) return;
  throw new AppError(
    "CONFIG_INVALID",
    `Cannot name the store's tables: the prefix is "${prefix}", a letter and 2 to 39 lower-case letters and digits were expected`,
  );
}

/** What was made under that name; a making that failed is tried again by the next who asks. */
function once<T>(made: Map<string, Promise<T>>, name: string, make: (name: string) => Promise<T>): Promise<T> {
  const known = made.get(name);
  if (known !== undefined) return known;
  const making = make(name);
  made.set(name, making);
  making.catch(() => made.delete(name));
  return making;
}
