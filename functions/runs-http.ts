// GET /api/runs and GET /api/runs/{id}: what ran, how far it is, what failed.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";

app.http("runs-http", {
  route: "runs/{id?}",
  methods: ["GET"],
  authLevel: "function",
  async handler(request) {
    const rollcall = await currentApp();
    const { run, runs } = await import("../shared/api/runs.ts");
    const signal = AbortSignal.timeout(60_000);
    const { id } = request.params;
    return id === undefined || id === ""
      ? runs(request.query.get("target") ?? undefined, rollcall, signal)
      : run(id, rollcall, signal);
  },
});
