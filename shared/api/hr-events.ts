// `POST /api/events/hr/{source}`: an HR system says that something changed. Its signature is checked over the raw body;
// then the event is taken as "look again", and nothing of it is believed.
import type { App } from "../app.ts";
import { AppError, asAppError } from "../core/errors.ts";
import { type EventTarget, receiveHrEvent } from "../flows/receive-hr-event.ts";
import type { RequestWorld } from "../flows/request-run.ts";
import type { Log, Secrets } from "../ports.ts";
import { verifyBambooHr } from "../webhook/bamboohr-signature.ts";
import { type WebhookForm, workersOfEvent } from "../webhook/hr-event.ts";
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

/** The texts of the secrets that could be read, and why another one could not. */
async function readSecrets(
  names: readonly string[],
  secrets: Secrets,
  signal: AbortSignal,
): Promise<{ readonly texts: readonly string[]; readonly failure: AppError | undefined }> {
  const texts: string[] = [];
  let failure: AppError | undefined;
  for (const name of names) {
    try {
      texts.push(await secrets.get(name, { signal }));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failure ??= error;
    }
  }
  return { texts, failure };
}

const webhookHeaders = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

function verify(call: HrEventCall, { form, secrets: names }: Webhook, texts: readonly string[], now: number): boolean {
  if (form === "bamboohr") return verifyBambooHr(call.header, call.body, texts, now);
  const usable = texts.map((text) => text.trim()).filter(isWebhookSecret);
  if (usable.length < texts.length) {
    const list = names.map((name) => `"${name}"`).join(", ");
    const reason = `one of ${list} is no secret of a webhook, expected whsec_ and at least 16 bytes in base64`;
    throw new AppError("SECRET_MALFORMED", `Cannot verify the event: ${reason}`);
  }
  const [id, timestamp, signature] = webhookHeaders.map(call.header);
  if (id === undefined || timestamp === undefined || signature === undefined) return false;
  return verifyWebhook({ id, timestamp, signature, body: call.body }, usable, now / 1000);
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
    const { texts, failure } = await readSecrets(webhook.secrets, await app.secrets(), signal);
    if (!verify(call, webhook, texts, app.clock.now())) {
      // A secret that could not be read may be the one that the event was signed with.
      if (failure !== undefined) throw failure;
      log.warn("hr.event.refused", { source: source.name });
      return refused;
    }
    const employeeNumbers = workersOfEvent(Buffer.from(call.body).toString("utf8"), webhook.form, webhook.worker);
    const targets = await targetsOf(source.name, rules.targets, app, log, signal);
    await receiveHrEvent({ source: source.name, employeeNumbers }, targets, await app.world(log), signal);
    return { status: 202, jsonBody: { taken: true } };
  } catch (cause) {
    const { code, message } = asAppError(cause);
    log.error("hr.event.failed", { code, message });
    return unavailable;
  }
}
