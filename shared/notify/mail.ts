// Notices by mail: SMTP through nodemailer, one mail for each addressee, so that nobody learns who else was asked and
// one wrong address stops no other.
import { createHash } from "node:crypto";
import type { SendMailOptions, Transporter } from "nodemailer";
import { AppError, asAppError } from "../core/errors.ts";
import type { Clock, Secrets } from "../ports.ts";
import type { Notice } from "../request-ports.ts";
import { type MailFailure, mailFailure } from "./mail-error.ts";
import { type RenderedMail, renderMail } from "./render-mail.ts";
import type { Way } from "./way.ts";

// The servers of large providers take few connections at once.
const connections = 2;
const idleMs = 30_000;
const connectMs = 15_000;
const silenceMs = 60_000;
const rememberedMails = 10_000;

const addressForm = /^[^\s\p{Cc}<>",;:()[\]\\@]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/u;

export type MailOptions = {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly protection: "implicit" | "starttls" | "none";
  };
  readonly from: { readonly name: string; readonly address: string };
  readonly signIn?: { readonly user: string; readonly passwordSecret: string };
  readonly secrets: Secrets;
  readonly clock: Pick<Clock, "now">;
};

export type MailWay = Way & {
  /** Connects and signs in, and sends nothing. @throws NETWORK, TIMEOUT, CONFIG_INVALID, SECRET_UNAVAILABLE, ABORTED */
  verify(signal: AbortSignal): Promise<void>;
};

type Attempt = { readonly kind: "sent" } | MailFailure;

/** Connections are kept for a while, for the next notice. A password that is refused is read afresh once. */
export function createMailWay(options: MailOptions): MailWay {
  const { server, from, signIn, secrets, clock } = options;
  const serverName = `${server.host}:${server.port}`;
  // Of what this process handed over: a notice that is sent again, because one of its mails failed, repeats no other.
  const handedOver = new Set<string>();
  let transporter: Promise<Transporter> | undefined;

  async function connect(fresh: boolean, signal: AbortSignal): Promise<Transporter> {
    const [{ createTransport }, password] = await Promise.all([
      import("nodemailer"),
      signIn === undefined ? undefined : secrets.get(signIn.passwordSecret, { fresh, signal }),
    ]);
    return createTransport({
      pool: true,
      host: server.host,
      port: server.port,
      secure: server.protection === "implicit",
      requireTLS: server.protection === "starttls",
      ignoreTLS: server.protection === "none",
      tls: { minVersion: "TLSv1.2" },
      ...(signIn !== undefined && password !== undefined && { auth: { user: signIn.user, pass: password } }),
      maxConnections: connections,
      // A connection that the server closed meanwhile is no failure.
      maxRequeues: 1,
      idleTimeout: idleMs,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Keeps the connections for the next mail; not a failure to have any. */
  async function keep(opening: Promise<Transporter>): Promise<Transporter> {
    transporter = opening;
    return await opening.catch((error: unknown) => {
      if (transporter === opening) transporter = undefined;
      throw error;
    });
  }

  function open(signal: AbortSignal): Promise<Transporter> {
    return keep(transporter ?? connect(false, signal));
  }

  function reconnect(old: Transporter, signal: AbortSignal): Promise<Transporter> {
    old.close();
    return keep(connect(true, signal));
  }

  async function attempt(connected: Transporter, message: SendMailOptions, signal: AbortSignal): Promise<Attempt> {
    try {
      await connected.sendMail({ ...message, signal });
      return { kind: "sent" };
    } catch (error) {
      if (signal.aborted) throw new AppError("ABORTED", "Cannot send mail: the work was stopped, start it again");
      return mailFailure(error, serverName);
    }
  }

  /** False when the address is refused for good. */
  async function sendOne(mail: RenderedMail, notice: Notice, address: string, signal: AbortSignal): Promise<boolean> {
    if (!addressForm.test(address)) return false;
    const messageId = messageIdOf(notice.id, address, from.address);
    if (handedOver.has(messageId)) return true;
    const message = {
      ...mail,
      from,
      to: { name: "", address },
      messageId,
      date: new Date(clock.now()),
      // No machine answers a machine, and nobody's absence note comes back. RFC 3834, MS-OXCMAIL 2.1.3.2.22.
      headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
    };
    const connected = await open(signal);
    let result = await attempt(connected, message, signal);
    if (result.kind === "signIn") result = await attempt(await reconnect(connected, signal), message, signal);
    if (result.kind === "signIn" || result.kind === "failed") throw result.error;
    if (result.kind === "sent") remember(messageId);
    return result.kind === "sent";
  }

  function remember(messageId: string): void {
    handedOver.add(messageId);
    const [oldest] = handedOver;
    if (handedOver.size > rememberedMails && oldest !== undefined) handedOver.delete(oldest);
  }

  return {
    name: "mail",
    async send(notice, signal) {
      const mail = renderMail(notice);
      const refused: string[] = [];
      const failures: unknown[] = [];
      for (const address of new Set(notice.to)) {
        try {
          if (!(await sendOne(mail, notice, address, signal))) refused.push(address);
        } catch (error) {
          failures.push(error);
          // A server that is silent is silent to the others too, and each of them would wait as long.
          if (asAppError(error).code === "TIMEOUT") break;
        }
      }
      if (failures.length > 0) throw failures[0];
      return refused;
    },
    async verify(signal) {
      const connected = await connect(false, signal);
      try {
        await connected.verify();
      } catch (error) {
        const failure = mailFailure(error, serverName);
        throw failure.kind === "refused" ? error : failure.error;
      } finally {
        connected.close();
      }
    },
  };
}

/** The same for the same notice to the same person, so that a repetition can be recognised. */
function messageIdOf(id: string, address: string, from: string): string {
  const name = createHash("sha256")
    .update(JSON.stringify([id, address.toLowerCase()]))
    .digest("hex")
    .slice(0, 40);
  return `<${name}@${from.slice(from.lastIndexOf("@") + 1)}>`;
}
