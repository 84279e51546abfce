// GET /api/delegation/{target}: the developer portal hands somebody over; POST: they confirm. API Management signs the
// link, so no function key is asked for.
import { app } from "@azure/functions";
import { currentApp } from "../shared/app.ts";
import { invocationLog } from "../shared/log/invocation-log.ts";

app.http("delegation", {
  route: "delegation/{target?}",
  methods: ["GET", "POST"],
  authLevel: "anonymous",
  async handler(request, context) {
    const rollcall = await currentApp();
    const [{ delegation }, { openDelegation }] = await Promise.all([
      import("../shared/api/delegation.ts"),
      import("../shared/api/open-doors.ts"),
    ]);
    return delegation(
      {
        method: request.method,
        target: request.params.target,
        // Not the library's reading of the query, which joins repeated parameters.
        url: request.url,
        header: (name) => request.headers.get(name) ?? undefined,
        text: () => request.text(),
      },
      openDelegation(rollcall, invocationLog(rollcall, context)),
      AbortSignal.timeout(25_000),
    );
  },
});
