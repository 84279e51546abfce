// `POST /api/events/hr/{source}`: an HR system says that something changed. Its signature is checked over the raw body;
// then the event is taken as "look again", and nothing of it is believed.
import type { App } from "../app.ts";
import { AppError, asAppError } from "../core/errors.ts";
import { type EventTarget, receiveHrEvent } from "../flows/receive-hr-event.ts";
import type { RequestWorld } from "../flows/request-run.ts";
import type { Log, Secrets } from "../ports.ts";
import { verifyBambooHr } from "../webhook/bamboohr-signature.ts";
import { type WebhookForm, workersOfEvent } from "../webhook/hr-event.ts";
import { isKeyText } from "../webhook/key-length.ts";
import { isWebhookSecret, verifyWebhook } from "../webhook/standard-webhooks.ts";
import type { Answer } from "./answer.ts";

export type HrEventCall = {
  readonly source: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
};

/** What of the app an event needs. */
export type HrEventApp = Pick<App, "clock" | "secrets" | "sources"> & {
  readonly rules: (signal: AbortSignal) => Promise<Pick<Awaited<ReturnType<App["rules"]>>, "rules">>;
  readonly world: (log: Log) => Promise<RequestWorld>;
};

type Webhook = { readonly form: WebhookForm; readonly secrets: readonly string[] };

const maxBodyBytes = 1024 * 1024;

/** One answer for an unknown source, a source without a webhook and a wrong signature: nobody learns which it was. */
const refused: Answer = {
  status: 401,
  jsonBody: { error: { code: "NOT_VERIFIED", message: "The signature of the event cannot be verified" } },
};

/** Senders try again after a 503. Strangers read this as well, so it says nothing about settings. */
const unavailable: Answer = {
  status: 503,
  jsonBody: { error: { code: "NOT_AVAILABLE", message: "The event cannot be taken now, send it again later" } },
};

/** What a secret has to be, by the form of the webhook. */
const forms = {
  bamboohr: { isKey: isKeyText, expected: "at least 16 characters" },
  standard: { isKey: isWebhookSecret, expected: "whsec_ and at least 16 bytes in base64" },
} as const;

/** The keys that can be used, and why another one cannot. */
async function readKeys(
  { form, secrets: names }: Webhook,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<{ readonly keys: readonly string[]; readonly failure: AppError | undefined }> {
  const { isKey, expected } = forms[form];
  const keys: string[] = [];
  let failure: AppError | undefined;
  for (const name of names) {
    try {
      const text = (await secrets.get(name, { signal })).trim();
      if (isKey(text)) keys.push(text);
      else failure ??= malformed(name, expected);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failure ??= error;
    }
  }
  return { keys, failure };
}

function malformed(secret: string, expected: string): AppError {
  const reason = `the secret "${secret}" is none of a webhook, expected ${expected}; set a new version of it`;
  return new AppError("SECRET_MALFORMED", `Cannot verify the event: ${reason}`, { context: { secret } });
}

const webhookHeaders = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

function verify(call: HrEventCall, form: WebhookForm, keys: readonly string[], now: number): boolean {
  if (form === "bamboohr") return verifyBambooHr(call.header, call.body, keys, now);
  const [id, timestamp, signature] = webhookHeaders.map(call.header);
  if (id === undefined || timestamp === undefined || signature === undefined) return false;
  return verifyWebhook({ id, timestamp, signature, body: call.body }, keys, now / 1000);
}

/** The targets that read the source, each with all of its sources: what one of them says counts beside the others. */
async function targetsOf(
  source: string,
  targets: readonly { readonly name: string; readonly sources?: readonly string[] | undefined }[],
  app: HrEventApp,
  log: Log,
  signal: AbortSignal,
): Promise<readonly EventTarget[]> {
  const opened = await app.sources(undefined, log, signal);
  return targets
    .filter(({ sources }) => sources?.includes(source) ?? true)
    .map(({ name, sources }) => ({
      name,
      sources: opened.filter((each) => sources?.includes(each.source.name) ?? true),
    }));
}

/** 202 for an event that was taken, 401 for one that is not verified, 503 where it cannot be verified now. */
export async function hrEvents(call: HrEventCall, app: HrEventApp, log: Log, signal: AbortSignal): Promise<Answer> {
  try {
    const { rules } = await app.rules(signal);
    const source = rules.sources.find(({ name }) => name === call.source);
    const webhook = source?.webhook;
    if (source === undefined || webhook === undefined || call.body.byteLength > maxBodyBytes) return refused;
    const { keys, failure } = await readKeys(webhook, await app.secrets(), signal);
    if (!verify(call, webhook.form, keys, app.clock.now())) {
      // A secret that could not be read, or is none, may stand where the one is that the event was signed with.
      if (failure !== undefined) throw failure;
      log.warn("hr.event.refused", { source: source.name });
      return refused;
    }
    const named = workersOfEvent(Buffer.from(call.body).toString("utf8"), webhook.form, webhook.worker);
    const targets = await targetsOf(source.name, rules.targets, app, log, signal);
    await receiveHrEvent({ source: source.name, named }, targets, await app.world(log), signal);
    return { status: 202, jsonBody: { taken: true } };
  } catch (cause) {
    const { code, message } = asAppError(cause);
    log.error("hr.event.failed", { code, message });
    return unavailable;
  }
}
