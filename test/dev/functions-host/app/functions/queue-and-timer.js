// Queue and timer functions of the app that the tests of the Functions host load.
import { app, output } from "@azure/functions";

const done = output.storageQueue({ queueName: "done", connection: "AzureWebJobsStorage" });
const ticks = output.storageQueue({ queueName: "ticks", connection: "AzureWebJobsStorage" });

app.storageQueue("work", {
  queueName: "%FIXTURE_QUEUE%",
  connection: "AzureWebJobsStorage",
  extraOutputs: [done],
  handler: (/** @type {any} */ message, context) => {
    if (message.fail) throw new Error("failed on purpose");
    const { dequeueCount, id, insertionTime } = context.triggerMetadata ?? {};
    context.extraOutputs.set(done, [{ message, dequeueCount, id, insertionTime }, "as text"]);
  },
});

app.timer("tick", {
  schedule: "0 */5 * * * *",
  return: ticks,
  handler: (timer) => ({ isPastDue: timer.isPastDue, next: timer.scheduleStatus.next }),
});
