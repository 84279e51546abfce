// HTTP functions of the app that the tests of the Functions host load.
import { app } from "@azure/functions";

app.http("echo", {
  methods: ["GET", "POST"],
  route: "echo/{name}/{rest?}",
  authLevel: "anonymous",
  handler: async (request, context) => ({
    status: 201,
    headers: { "x-function": context.functionName },
    cookies: [
      { name: "first", value: "a b", httpOnly: true, secure: true, sameSite: "Strict", maxAge: 60 },
      { name: "second", value: "2", path: "/api", expires: new Date(0) },
    ],
    jsonBody: {
      type: request.constructor.name,
      url: request.url,
      params: request.params,
      query: Object.fromEntries(request.query),
      header: request.headers.get("x-given"),
      body: Buffer.from(await request.arrayBuffer()).toString("hex"),
    },
  }),
});

app.http("guarded", { authLevel: "function", handler: () => ({ body: "guarded" }) });
app.http("owner", { authLevel: "admin", handler: () => ({ body: "owner" }) });
app.http("silent", { handler: () => /** @type {any} */ (undefined) });
app.http("waiting", {
  handler: () =>
    new Promise((resolve) => {
      process.once("SIGUSR2", () => resolve({ body: "released" }));
    }),
});
app.http("setting", { handler: () => ({ body: process.env.FIXTURE_SETTING ?? "none" }) });
app.http("stuck", { handler: () => new Promise(() => undefined) });
app.http("broken", {
  handler: () => {
    throw new Error("broken on purpose");
  },
});

app.http("logged", {
  handler: (_request, context) => {
    context.warn("said by the function");
    return { body: "logged" };
  },
});

app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName === "silent") context.invocationContext.log("after silent");
});
