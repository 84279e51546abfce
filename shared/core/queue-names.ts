// The names of the queues: a trigger has to know them when the app starts, before anything is read or loaded, and whoever
// sends has to use the same ones.

/** What names in the storage account begin with where no setting says otherwise. */
export const defaultStatePrefix = "rollcall";

export function runQueueName(prefix: string): string {
  return `${prefix}-runs`;
}

export function requestQueueName(prefix: string): string {
  return `${prefix}-requests`;
}
