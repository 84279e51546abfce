// The mailbox over HTTP, for the demo and for people: read what came, make it fail. No mail server has these routes.
import { createServer, type IncomingMessage } from "node:http";
import { z } from "zod";
import type { Mailbox, ReceivedMail } from "./mailbox.ts";

const host = "127.0.0.1";

const faultSchema = z.object({
  at: z.enum(["connect", "auth", "mailFrom", "recipient", "data"]),
  reply: z.number().int().min(400).max(599).optional(),
  times: z.number().int().positive().default(1),
  recipient: z.string().optional(),
});

export type MailboxControl = { readonly address: string; close(): Promise<void> };

/** A body goes out as JSON, a text as it is. */
type Answer = { readonly status: number; readonly body?: unknown; readonly text?: string };

/** Starts the routes `GET /` (the mails to read, the latest first), `GET` and `DELETE /_sim/mails` and `POST /_sim/faults` on loopback; port 0 takes a free one. */
export async function startMailboxControl(mailbox: Mailbox, port: number): Promise<MailboxControl> {
  const server = createServer((request, response) => {
    answer(request, mailbox).then(
      ({ status, body, text }) => {
        const type = text === undefined ? "application/json" : "text/plain";
        response.writeHead(status, { "content-type": `${type}; charset=utf-8`, "x-content-type-options": "nosniff" });
        response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)));
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    address: `http://${host}:${typeof address === "object" && address !== null ? address.port : 0}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function toRead(mails: readonly ReceivedMail[]): string {
  if (mails.length === 0) return "No mail yet\n";
  const texts = mails.map(
    ({ envelope, subject, text }) =>
      `From     ${envelope.from}\nTo       ${envelope.to.join(", ")}\nSubject  ${subject}\n\n${text.trimEnd()}\n`,
  );
  return texts.reverse().join(`\n${"-".repeat(78)}\n\n`);
}

async function answer(request: IncomingMessage, mailbox: Mailbox): Promise<Answer> {
  const { pathname } = new URL(request.url ?? "/", `http://${host}`);
  switch (`${request.method} ${pathname}`) {
    case "GET /":
      return { status: 200, text: toRead(mailbox.mails()) };
    case "GET /_sim/mails":
      return { status: 200, body: { mails: mailbox.mails() } };
    case "DELETE /_sim/mails":
      mailbox.clear();
      return { status: 204 };
    case "POST /_sim/faults": {
      const fault = faultSchema.safeParse(await readJson(request));
      if (!fault.success) return { status: 400, body: { error: z.prettifyError(fault.error) } };
      mailbox.addFault(fault.data);
      return { status: 204 };
    }
    default:
      return { status: 404, body: { error: `Cannot find ${request.method} ${pathname}` } };
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}
