// POST /api/events/hr/{source}: an HR system says that something changed. Its signature is the key.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.http("events-hr", {
  route: "events/hr/{source}",
  methods: ["POST"],
  authLevel: "anonymous",
  async handler(request, context) {
    const rollcall = await currentApp();
    const { hrEvents } = await import("../shared/api/hr-events.ts");
    return hrEvents(
      {
        source: request.params.source ?? "",
        header: (name) => request.headers.get(name) ?? undefined,
        body: new Uint8Array(await request.arrayBuffer()),
      },
      rollcall,
      invocationLog(rollcall, context),
      AbortSignal.timeout(30_000),
    );
  },
});
