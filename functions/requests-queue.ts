// One message, one look at one subscription; or a batch, which becomes a message for each of its subscriptions. A failure
// goes back to the queue; the last one to the poison queue and the request's record.
import { app } from "@azure/functions";
import { currentApp, requestQueue } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.storageQueue("requests-queue", {
  queueName: requestQueue(),
  connection: "AzureWebJobsStorage",
  async handler(message, context) {
    const rollcall = await currentApp();
    const { takeRequest } = await import("../shared/api/take-request.ts");
    const log = invocationLog(rollcall, context);
    await takeRequest({ message, dequeueCount: Number(context.triggerMetadata?.dequeueCount ?? 1) }, rollcall, log);
  },
});
