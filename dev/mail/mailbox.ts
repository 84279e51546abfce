// A simulated mail server with one mailbox for everybody: a real SMTP server on loopback that keeps what it takes. Its
// faults are those that mail servers have: greylisting, refused people and passwords, connections that break.
import type { Socket } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";

const host = "127.0.0.1";

export type ReceivedMail = {
  /** What the sender said on the way, beside the mail's own headers. */
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** The user who was signed in. */
  readonly user?: string;
  readonly encrypted: boolean;
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  /** The lines of the mail's head, unfolded, in their order. */
  readonly headers: readonly string[];
  readonly raw: string;
};

export type MailFault = {
  readonly at: "connect" | "auth" | "mailFrom" | "recipient" | "data";
  /** The SMTP reply: 4xx passes by itself, 5xx stays. Absent: the connection breaks. */
  readonly reply?: number | undefined;
  /** How often. */
  readonly times: number;
  /** Only for this recipient. */
  readonly recipient?: string | undefined;
};

export type Mailbox = {
  readonly port: number;
  mails(): readonly ReceivedMail[];
  clear(): void;
  addFault(fault: MailFault): void;
  /** How many connections were made. */
  connections(): number;
  close(): Promise<void>;
};

export type MailboxOptions = {
  readonly port: number;
  /** Offers TLS with it: STARTTLS, or from the first byte with `implicit`. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly implicit?: boolean };
  /** Passwords by user name. With them everybody has to sign in. */
  readonly users?: Readonly<Record<string, string>>;
};

/** Starts the server on loopback; port 0 takes a free one. */
export async function startMailbox({ port, tls, users }: MailboxOptions): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  let faults: readonly MailFault[] = [];
  let connections = 0;

  /** The error of the next fault of that place, if there is one. */
  function failure(at: MailFault["at"], session: SMTPServerSession, recipient?: string): Error | undefined {
    const fault = faults.find(
      (each) => each.at === at && (each.recipient === undefined || each.recipient === recipient),
    );
    if (fault === undefined) return undefined;
    faults = faults.flatMap((each) => {
      if (each !== fault) return [each];
      return each.times > 1 ? [{ ...each, times: each.times - 1 }] : [];
    });
    if (fault.reply !== undefined) return Object.assign(new Error("Simulated fault"), { responseCode: fault.reply });
    for (const socket of sockets) if (socket.remotePort === session.remotePort) socket.destroy();
    return new Error("The connection was broken");
  }

  const handlers: SMTPServerOptions = {
    onConnect: (session, done) => done(failure("connect", session)),
    onAuth({ username = "", password }, session, done) {
      const failed = failure("auth", session);
      if (failed !== undefined) done(failed);
      else if (users?.[username] === password) done(undefined, { user: username });
      else done(Object.assign(new Error("Authentication unsuccessful"), { responseCode: 535 }));
    },
    onMailFrom: (_address, session, done) => done(failure("mailFrom", session)),
    onRcptTo: ({ address }, session, done) => done(failure("recipient", session, address)),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const failed = failure("data", session);
        if (failed !== undefined) return done(failed);
        receive(Buffer.concat(chunks), session).then(
          (mail) => {
            mails.push(mail);
            done();
          },
          (error: unknown) => done(error instanceof Error ? error : new Error("The mail cannot be read")),
        );
      });
    },
  };
  const server = new SMTPServer({
    ...handlers,
    ...(tls === undefined ? {} : { key: tls.key, cert: tls.cert, secure: tls.implicit === true }),
    disabledCommands: [...(tls === undefined ? ["STARTTLS"] : []), ...(users === undefined ? ["AUTH"] : [])],
    authOptional: users === undefined,
    // Plain sign-in is allowed where there is no TLS at all: this is loopback.
    allowInsecureAuth: tls === undefined,
    disableReverseLookup: true,
  });
  server.on("error", () => undefined);
  server.server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: portOf(server),
    mails: () => [...mails],
    clear: () => void mails.splice(0),
    addFault(fault) {
      faults = [...faults, fault];
    },
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function receive(raw: Buffer, session: SMTPServerSession): Promise<ReceivedMail> {
  const { subject = "", messageId = "", text = "", html, headerLines } = await simpleParser(raw);
  const { mailFrom, rcptTo } = session.envelope;
  return {
    envelope: { from: mailFrom === false ? "" : mailFrom.address, to: rcptTo.map(({ address }) => address) },
    ...(typeof session.user === "string" && { user: session.user }),
    encrypted: session.secure,
    subject,
    messageId,
    text,
    html: html === false ? "" : (html ?? ""),
    headers: headerLines.map(({ line }) => line.replace(/\r\n(?=[ \t])/g, "")),
    raw: raw.toString("utf8"),
  };
}

function portOf(server: SMTPServer): number {
  const address = server.server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
