// GET /api/health: one word for anybody; the targets for who has a key that may accept.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";

app.http("health", {
  route: "health",
  methods: ["GET"],
  authLevel: "anonymous",
  async handler(request) {
    const { healthAnswer } = await import("../shared/api/health.ts");
    return healthAnswer(request.headers.get("x-functions-key") ?? undefined, currentApp, AbortSignal.timeout(30_000));
  },
});
