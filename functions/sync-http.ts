// POST /api/sync {target, mode, accept?, worker?}: asks for a run.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.http("sync-http", {
  route: "sync",
  methods: ["POST"],
  authLevel: "function",
  async handler(request, context) {
    const rollcall = await currentApp();
    const { sync } = await import("../shared/api/sync.ts");
    const key = request.headers.get("x-functions-key") ?? undefined;
    return sync(
      { body: await request.text(), key },
      rollcall,
      invocationLog(rollcall, context),
      AbortSignal.timeout(60_000),
    );
  },
});
