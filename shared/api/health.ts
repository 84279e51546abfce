// `GET /api/health`: open to anybody, so it says one word. Who presents a key that is reserved for accepting sees why.
import type { App } from "../app.ts";
import { asAppError } from "../core/errors.ts";
import { acceptingKey } from "./accept-key.ts";
import type { Answer } from "./answer.ts";

async function maySeeDetails(key: string | undefined, app: App, signal: AbortSignal): Promise<boolean> {
  if (key === undefined) return false;
  try {
    return (await acceptingKey(key, app.settings.acceptKeyNames, await app.secrets(), signal)) !== undefined;
  } catch {
    // Without Key Vault nobody can be told apart; the one word still goes out.
    return false;
  }
}

/** 200 while the app can work, 503 when its settings are wrong or its store is out of reach. */
export async function healthAnswer(
  key: string | undefined,
  open: () => Promise<App>,
  signal: AbortSignal,
): Promise<Answer> {
  let app: App;
  try {
    app = await open();
  } catch (error) {
    return { status: 503, jsonBody: { status: "unavailable", code: asAppError(error).code } };
  }
  const health = await app.health(signal);
  const status = health.status === "unavailable" ? 503 : 200;
  if (!(await maySeeDetails(key, app, signal))) return { status, jsonBody: { status: health.status } };
  return { status, jsonBody: { ...health, checkedAt: new Date(health.checkedAt).toISOString() } };
}
