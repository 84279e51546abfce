// The page of a stage on loopback, for a browser: requests and cookies as the host hands them on.
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { UiAnswer } from "../../shared/api/ui/ui-world.ts";
import type { UiStage } from "./ui-stage.ts";

export type UiServer = { readonly address: string; close(): Promise<void> };

function cookieText({ name, value, path, maxAge, sameSite }: NonNullable<UiAnswer["cookies"]>[number]): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; SameSite=${sameSite}; HttpOnly`;
}

function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]),
  );
}

/** Serves the stage on a free port. */
export async function serveUi(stage: UiStage): Promise<UiServer> {
  let address = "";
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", address).href;
    const answer = await stage.call(request.method ?? "GET", url, headersOf(request), await text(request));
    for (const cookie of answer.cookies ?? []) response.appendHeader("set-cookie", cookieText(cookie));
    response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("The server of the test has no port");
  address = `http://127.0.0.1:${at.port}`;
  return {
    address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
