// Notices by an outgoing webhook, signed as Standard Webhooks. Its id is made of the notice's id, so a receiver
// recognises a repetition; that is why it may be sent again after a failure, though it is a POST.
import { createHash } from "node:crypto";
import { AppError } from "../core/errors.ts";
import type { Transport } from "../http/transport.ts";
import type { Clock, Secrets } from "../ports.ts";
import type { Notice } from "../request-ports.ts";
import { isWebhookSecret, signWebhook } from "../webhook/standard-webhooks.ts";
import type { Way } from "./way.ts";

export type WebhookOptions = {
  readonly url: string;
  /** Names of secrets; each of them signs. */
  readonly secrets: readonly string[];
  readonly vault: Secrets;
  readonly clock: Pick<Clock, "now">;
  readonly transport: Transport;
};

export function createWebhookWay({ url, secrets, vault, clock, transport }: WebhookOptions): Way {
  async function signatureOf(message: { id: string; timestamp: number; body: string }, signal: AbortSignal) {
    const signatures = await Promise.all(
      secrets.map(async (name) => signWebhook(message, checked(name, await vault.get(name, { signal })))),
    );
    return signatures.join(" ");
  }

  return {
    name: "webhook",
    async send(notice, signal) {
      const now = clock.now();
      const id = `msg_${createHash("sha256").update(notice.id).digest("hex").slice(0, 40)}`;
      const message = { id, timestamp: Math.floor(now / 1000), body: bodyOf(notice, now) };
      const headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": id,
        "webhook-timestamp": String(message.timestamp),
        "webhook-signature": await signatureOf(message, signal),
      };
      const { status } = await transport(
        { method: "POST", url, headers, body: message.body, repeatable: true },
        signal,
      );
      if (status < 200 || status > 299) throw refusal(url, status);
      return [];
    },
  };
}

function checked(name: string, secret: string): string {
  const text = secret.trim();
  if (isWebhookSecret(text)) return text;
  throw new AppError(
    "CONFIG_INVALID",
    `Cannot sign the webhook: the secret "${name}" is not base64 of at least 16 bytes, such as whsec_ and 32 random bytes; set a new version of it`,
    { context: { secret: name } },
  );
}

/** Type and data as the specification recommends. */
function bodyOf({ kind, id, to, subject, lines, link, decision }: Notice, now: number): string {
  const decided = decision === undefined ? {} : { decision: { ...decision, at: new Date(decision.at).toISOString() } };
  const data = { id, to, subject, lines, ...(link !== undefined && { link }), ...decided };
  return JSON.stringify({ type: `rollcall.notice.${kind}`, timestamp: new Date(now).toISOString(), data });
}

function refusal(url: string, status: number): AppError {
  const { origin } = new URL(url);
  const passing = status === 408 || status === 429 || status >= 500;
  const advice =
    status >= 300 && status < 400
      ? "redirects are not followed, set ROLLCALL_WEBHOOK_URL to where it points"
      : "check ROLLCALL_WEBHOOK_URL, the receiver and the secret that both know";
  return new AppError(
    passing ? "NETWORK" : "CONFIG_INVALID",
    `Cannot deliver the webhook: "${origin}" answered ${status}, 2xx was expected; ${advice}`,
    { context: { origin, status } },
  );
}
