import {
  createMemoryAudit,
  createMemoryRequestQueue,
  createMemoryRequestStore,
  createMemoryRoster,
} from "../../shared/requests/memory.ts";
import { describeAuditContract } from "../contract/audit-contract.ts";
import { describeRequestQueueContract } from "../contract/request-queue-contract.ts";
import { describeRequestStoreContract } from "../contract/request-store-contract.ts";
import { describeRosterContract } from "../contract/roster-contract.ts";
import { startOfTime } from "../helpers/records.ts";

describeRequestStoreContract("createMemoryRequestStore", async () => {
  let now = startOfTime;
  return {
    store: createMemoryRequestStore({ clock: { now: () => now } }),
    setTime(time) {
      now = time;
    },
  };
});

describeRequestQueueContract("createMemoryRequestQueue", async () => {
  const queue = createMemoryRequestQueue();
  const take = async () => [...queue.take(), ...queue.takeBatches()];
  return { queue, take, giveUp: async (text) => queue.giveUp(text, startOfTime) };
});

describeRosterContract("createMemoryRoster", async () => createMemoryRoster());
describeAuditContract("createMemoryAudit", async () => createMemoryAudit());
