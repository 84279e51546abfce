// Whether a form that came in is one that we gave to this very person, for this very thing, and for the first time. What
// another site has the browser send, what an old page sends, and the second click of two all end here.
import { AppError } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { openText, signText } from "../webhook/signed-text.ts";

export type HeaderReader = (name: string) => string | undefined;

/** `foreign`: another site's page sent it. `stale`: not our form for this person and thing, or too old. `used`: it was
 * sent before. */
export type FormCheck = "ok" | "foreign" | "stale" | "used";

export type FormGuard = {
  /** The value of the form's hidden field. `form` names what the form does, and to what, so that it does nothing else.
   * @throws CONFIG_INVALID where no secret is named */
  issue(form: string): string;
  /** @throws STORE_UNAVAILABLE */
  check(form: string, token: string, header: HeaderReader, signal: AbortSignal): Promise<FormCheck>;
};

export type FormGuardDeps = {
  /** Secrets that sign; the first one signs now. */
  readonly secrets: readonly string[];
  readonly principal: Principal | undefined;
  /** Our own origin, as browsers name it. */
  readonly origin: string;
  readonly now: () => number;
  /** A new text that nobody can guess. */
  readonly createId: () => string;
  /** Whether the value is taken for the first time. */
  readonly takeOnce: (value: string, keepSeconds: number, signal: AbortSignal) => Promise<boolean>;
};

const purpose = "form/1";

/** How long a page may lie open before its forms are sent. */
const keepSeconds = 8 * 3600;

/** Pages are sent with `no-referrer`, so browsers name no origin but "null" in a form; what they say about the site that
 * sent it holds instead. A browser that says neither is refused.
 * Source: w3.org/TR/fetch-metadata, fetch.spec.whatwg.org/#append-a-request-origin-header */
function isOwnPage(header: HeaderReader, own: string): boolean {
  const site = header("sec-fetch-site");
  const origin = header("origin");
  if (site !== undefined && site !== "same-origin") return false;
  if (origin !== undefined && origin !== "null") return origin === own;
  return site !== undefined;
}

type Form = { readonly reader: string; readonly form: string; readonly id: string; readonly until: number };

function readForm(text: string | undefined): Form | undefined {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!Array.isArray(value)) return undefined;
  const [reader, form, id, until]: readonly unknown[] = value;
  const isText = typeof reader === "string" && typeof form === "string" && typeof id === "string";
  return isText && typeof until === "number" ? { reader, form, id, until } : undefined;
}

/** The guard of one reader's forms. */
export function createFormGuard(deps: FormGuardDeps): FormGuard {
  const { secrets, principal, origin, now, createId, takeOnce } = deps;
  const reader = `${principal?.tenantId ?? ""}/${principal?.objectId ?? ""}/${principal?.name ?? ""}`;
  return {
    issue(form) {
      const [secret] = secrets;
      if (secret === undefined)
        throw new AppError(
          "CONFIG_INVALID",
          "Cannot give anybody a form: ROLLCALL_LINK_SECRETS names no secret, expected the names of secrets in Key Vault",
        );
      return signText(purpose, JSON.stringify([reader, form, createId(), now() + keepSeconds * 1000]), secret);
    },
    async check(form, token, header, signal) {
      if (!isOwnPage(header, origin)) return "foreign";
      const given = readForm(openText(purpose, token, secrets));
      if (given === undefined || given.reader !== reader || given.form !== form || now() >= given.until) return "stale";
      return (await takeOnce(given.id, keepSeconds, signal)) ? "ok" : "used";
    },
  };
}
