// /api/ui…: the page for people. Who is signed in, and may do what, is settled behind it.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.http("ui-http", {
  route: "ui/{*path}",
  methods: ["GET", "HEAD", "POST"],
  authLevel: "anonymous",
  async handler(request, context) {
    const rollcall = await currentApp();
    const { uiOf } = await import("../shared/api/ui.ts");
    const call = {
      method: request.method,
      url: request.url,
      path: request.params.path ?? "",
      query: new URLSearchParams([...request.query]),
      header: (name: string) => request.headers.get(name) ?? undefined,
      body: () => request.text(),
    };
    const { cookies = [], ...answer } = await uiOf(
      call,
      rollcall,
      invocationLog(rollcall, context),
      AbortSignal.timeout(60_000),
    );
    return { ...answer, cookies: [...cookies] };
  },
});
