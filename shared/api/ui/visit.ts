// One call of the page by one person: who it is, what they may see and do, and the pages that they get.
import { type Permissions, permissionsOf } from "../../core/permissions.ts";
import { isOfTenant, type Principal } from "../../core/principal.ts";
import { type Html, html, outside } from "../../ui/html.ts";
import { icon } from "../../ui/icons.ts";
import { type Frame, type Link, pageHeaders, renderPage } from "../../ui/layout.ts";
import { type Message, messageBody } from "../../ui/message-page.ts";
import { paths } from "../../ui/paths.ts";
import { createFormGuard, type FormGuard } from "../form-guard.ts";
import { signedIn } from "../signed-in.ts";
import type { UiAnswer, UiCall, UiWorld } from "./ui-world.ts";

export type Section = "open" | "history" | "runs" | "failed";

export type Visit = {
  readonly call: UiCall;
  readonly world: UiWorld;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly principal: Principal | undefined;
  /** Signed in with another tenant than that of the rules: sees nothing and does nothing. */
  readonly isForeign: boolean;
  readonly may: Permissions;
  readonly forms: FormGuard;
  /** A page in the frame that fits the reader. */
  readonly page: (frame: Omit<Frame, "navigation" | "user">, options?: PageOptions) => UiAnswer;
  /** A page that only says something. */
  readonly message: (status: number, title: string, message: Message) => UiAnswer;
};

/** A visit of somebody who is signed in. */
export type SignedIn = Visit & { readonly principal: Principal };

export type PageOptions = { readonly status?: number; readonly section?: Section };

const nothing: Permissions = { seeRequests: false, answer: false, seeRuns: false, operate: false };

function linksFor(may: Permissions, section: Section | undefined): readonly Link[] {
  const all: readonly (Link & { readonly section: Section; readonly shown: boolean })[] = [
    { section: "open", text: "Requests", href: paths.open(), shown: true },
    { section: "history", text: "History", href: paths.history(), shown: may.seeRequests },
    { section: "runs", text: "Runs", href: paths.runs(), shown: may.seeRuns },
    { section: "failed", text: "Failed", href: paths.failed(), shown: may.seeRuns },
  ];
  return all
    .filter(({ shown }) => shown)
    .map(({ text, href, section: own }) => ({ text, href, current: own === section }));
}

function userOf(principal: Principal, local: boolean): Html {
  const roles = principal.roles.length === 0 ? "no role" : principal.roles.join(", ");
  const out = local ? paths.signIn() : paths.platformSignOut();
  return html`<div class="user">${icon("person")}<span><strong>${outside(principal.name)}</strong> <span class="roles">${roles}</span></span>
<a href="${out}">${local ? "Change" : "Sign out"}</a></div>`;
}

/** Our origin as browsers name it: the public address where one is set, else the one that was called. */
function originOf(call: UiCall, { settings }: UiWorld): string {
  return new URL(settings.publicBaseUrl ?? call.url).origin;
}

/** @throws SECRET_UNAVAILABLE, SECRET_MALFORMED, CONFIG_INVALID */
export async function createVisit(call: UiCall, world: UiWorld, signal: AbortSignal): Promise<Visit> {
  const { approvals, settings } = world;
  const now = approvals.clock.now();
  const principal = await signedIn(call.header, settings, () => world.linkSecrets(signal), now);
  // Where it cannot be known whose word the token is, nobody gets in: a failure, not a guess.
  const isForeign = principal !== undefined && !isOfTenant(principal, await world.tenantId(signal));
  const may = principal === undefined || isForeign ? nothing : permissionsOf(principal);
  // Who is not signed in gets no form, but that of the local sign-in.
  const secrets = principal === undefined && !settings.localSignIn ? [] : await world.linkSecrets(signal);
  const forms = createFormGuard({
    secrets,
    principal,
    origin: originOf(call, world),
    now: () => approvals.clock.now(),
    createId: approvals.createNonce,
    takeOnce: (value, seconds, stop) => approvals.requests.takeOnce("form", value, seconds, stop),
  });
  const page: Visit["page"] = (frame, { status = 200, section } = {}) => ({
    status,
    headers: pageHeaders(),
    body: renderPage({
      ...frame,
      ...(principal !== undefined && {
        navigation: linksFor(may, section),
        user: userOf(principal, settings.localSignIn),
      }),
    }),
  });
  const message: Visit["message"] = (status, title, said) =>
    page({ title, body: messageBody(said), narrow: true }, { status });
  return { call, world, signal, now, principal, isForeign, may, forms, page, message };
}

/** Leads on after a form, so that going back or loading again sends nothing twice. */
export function seeOther(location: string): UiAnswer {
  const { "Content-Type": _, ...headers } = pageHeaders();
  return { status: 303, headers: { ...headers, Location: location } };
}

export function notThere({ message }: Visit): UiAnswer {
  return message(404, "Not there", {
    tone: "calm",
    text: "There is no such page, or it is no longer kept.",
    action: { text: "Open requests", href: paths.open() },
  });
}

/** Says nothing about what is there: object ids, addresses and roles of another tenant are not the company's word. */
export function notOurTenant({ message }: Visit): UiAnswer {
  return message(403, "Not with this account", {
    tone: "warn",
    text: "You are signed in with an account of another organisation's directory. Sign out, and sign in with your company account.",
  });
}

export function notForYou({ message }: Visit): UiAnswer {
  return message(403, "Not for you", {
    tone: "warn",
    text: "Your roles do not include this page. Whoever manages the app's registration in Microsoft Entra ID assigns them: reader, approver or operator.",
  });
}
