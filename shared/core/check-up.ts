// What trying everything once has shown, thing by thing, and what that comes to.
import { type AppError, type ErrorCode, errorCodes } from "./errors.ts";

/** What a look at one thing found. `warning`: it can be used, and something about it is not as it should be. */
export type Found = { readonly status: "ok" | "warning" | "notTried"; readonly text: string };

type Failure = { readonly status: "failed"; readonly code: ErrorCode; readonly text: string; readonly todo: string };

/** `ms` is how long the look took. */
export type Checked = { readonly name: string; readonly ms: number } & (Found | Failure);

/** What to do about a failure, in one line; docs/runbook.md has the rest under the code. */
const todos: Readonly<Record<ErrorCode, string>> = {
  CONFIG_INVALID: 'correct the settings or the rules; "rollcall check" shows every problem with its line',
  SECRET_UNAVAILABLE: 'add or enable the secret, or give the identity "Key Vault Secrets User" on the vault',
  SECRET_MALFORMED: "set a new version of the secret, exactly as the other side shows it",
  NETWORK: "restore the way to the host: its name, the network, the firewall, its certificate",
  TIMEOUT: "try again; when it stays so, look at the other side's health and at the network",
  ABORTED: "start it again",
  APIM_UNAUTHORIZED: "set the present key as a new version of the secret, or mend the identity",
  APIM_FORBIDDEN: 'give the identity the role "API Management Service Contributor" on the service',
  APIM_THROTTLED: "wait, and try again",
  APIM_UNAVAILABLE: "wait, and look at the service's page in the portal",
  APIM_NOT_FOUND: "correct baseUrl or resourceId of the target",
  APIM_NOT_ALLOWED: "look at the target's address and at the service's tier",
  APIM_CONFLICT: "try again",
  APIM_INVALID: "look at the target's apiVersion",
  APIM_UNEXPECTED: "look at what stands between, and at baseUrl and apiVersion of the target",
  SOURCE_UNAVAILABLE: "bring the source back, or correct its address and credential",
  STORE_UNAVAILABLE: "mend the way to the storage account, the identity or its roles",
  BUG: "report it, with the version",
};

export function failedCheck({ code, message, cause }: AppError): Failure {
  // Nobody knows what it is, so what it says is all there is.
  const said = code === "BUG" && cause instanceof Error ? `${message}: ${cause.message}` : message;
  return { status: "failed", code, text: said, todo: todos[code] };
}

/** The exit code of the first failure; 1 where there are only warnings, 0 where all is well. */
export function checkUpExitCode(checks: readonly Checked[]): number {
  for (const check of checks) if (check.status === "failed") return errorCodes[check.code].exitCode;
  return checks.some(({ status }) => status === "warning") ? 1 : 0;
}

/** From here on signatures and tokens begin to be refused, here or there. */
const mostSkewMs = 120_000;

function spanText(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

/** What an answer's Date header says about this clock. `now` is when the answer came, epoch milliseconds. */
export function clockFound(date: string | undefined, now: number): Found {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return { status: "ok", text: "it does not say what its time is" };
  const ahead = now - theirs;
  // The header has whole seconds.
  if (Math.abs(ahead) < 2_000) return { status: "ok", text: "the clocks agree" };
  return {
    status: Math.abs(ahead) < mostSkewMs ? "ok" : "warning",
    text: `this clock is ${spanText(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} the service's`,
  };
}
