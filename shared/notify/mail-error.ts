// What the mail server or the way to it said, as an `AppError`. Its own sentences are not repeated: they may hold
// addresses.
import { AppError } from "../core/errors.ts";

/** `signIn`: user or password are wrong. `refused`: this mail, for good. */
export type MailFailure =
  | { readonly kind: "refused" }
  | { readonly kind: "signIn" | "failed"; readonly error: AppError };

/** `server` is host and port. */
export function mailFailure(cause: unknown, server: string): MailFailure {
  const code = textOf(cause, "code") ?? "unknown";
  const reply = numberOf(cause, "responseCode");
  const command = textOf(cause, "command") ?? "";
  const said = reply === undefined ? `"${code}"` : `${reply}`;
  const fail = (kind: "signIn" | "failed", errorCode: AppError["code"], sentence: string): MailFailure => ({
    kind,
    error: new AppError(errorCode, `Cannot send mail through ${server}: ${sentence}`, {
      context: { server, smtpCode: code, reply },
    }),
  });
  if (code === "ETLS")
    return fail(
      "failed",
      "NETWORK",
      "it offers no TLS that can be trusted (STARTTLS), which was expected; check ROLLCALL_SMTP_URL and its certificate",
    );
  const passing = reply !== undefined && reply >= 400 && reply < 500;
  if (passing)
    return fail(
      "failed",
      "NETWORK",
      `it answered ${said} (later), that it takes the mail was expected; it is tried again`,
    );
  if (code === "EAUTH" || code === "ENOAUTH")
    return fail(
      "signIn",
      "CONFIG_INVALID",
      `it refused to sign Rollcall in with ${said}; check ROLLCALL_SMTP_USER and the secret that ROLLCALL_SMTP_PASSWORD_SECRET names`,
    );
  if (reply !== undefined && reply >= 500) {
    if (command === "RCPT TO" || command === "DATA") return { kind: "refused" };
    return fail(
      "failed",
      "CONFIG_INVALID",
      `it refused ${command || "the connection"} with ${said}; check ROLLCALL_MAIL_FROM and what the server allows`,
    );
  }
  if (code === "ETIMEDOUT")
    return fail("failed", "TIMEOUT", "no answer came in time; check its address and the network");
  return fail(
    "failed",
    "NETWORK",
    `the connection failed with ${said}, an answer was expected; check its address, the network and its certificate`,
  );
}

function textOf(error: unknown, name: string): string | undefined {
  const value = property(error, name);
  return typeof value === "string" ? value : undefined;
}

function numberOf(error: unknown, name: string): number | undefined {
  const value = property(error, name);
  return typeof value === "number" ? value : undefined;
}

function property(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}
