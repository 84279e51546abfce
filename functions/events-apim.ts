// POST /api/events/apim: what Event Grid says of API Management; OPTIONS: its handshake for CloudEvents.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.http("events-apim", {
  route: "events/apim",
  methods: ["POST", "OPTIONS"],
  authLevel: "function",
  async handler(request, context) {
    const rollcall = await currentApp();
    const [{ eventsApim }, { openEvents }] = await Promise.all([
      import("../shared/api/events-apim.ts"),
      import("../shared/api/open-doors.ts"),
    ]);
    return eventsApim(
      {
        method: request.method,
        header: (name) => request.headers.get(name) ?? undefined,
        text: () => request.text(),
      },
      openEvents(rollcall, invocationLog(rollcall, context)),
      AbortSignal.timeout(25_000),
    );
  },
});
