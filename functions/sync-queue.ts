// One message, one slice of a run. A failure goes back to the queue; the last one to the poison queue and the record.
import { app } from "@azure/functions";
import { currentApp, runQueue } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.storageQueue("sync-queue", {
  queueName: runQueue(),
  connection: "AzureWebJobsStorage",
  async handler(message, context) {
    const rollcall = await currentApp();
    const { takeMessage } = await import("../shared/api/take-message.ts");
    const log = invocationLog(rollcall, context);
    await takeMessage({ message, dequeueCount: Number(context.triggerMetadata?.dequeueCount ?? 1) }, rollcall, log);
  },
});
