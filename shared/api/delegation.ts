// `GET /api/delegation/{target?}` and the `POST` of a confirmation: the developer portal sends people here instead of to
// its own pages. First whether API Management signed the link, then who is signed in, then everything else.
import type { DelegationQuestion } from "../core/delegation.ts";
import { asAppError, errorCodes } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { portalPath } from "../core/return-url.ts";
import { confirmDelegation } from "../flows/confirm-delegation.ts";
import {
  type DelegationWorld,
  type Opened,
  openDelegation,
  type ToConfirm,
  type VerifiedLink,
} from "../flows/delegate.ts";
import type { Clock, Log } from "../ports.ts";
import {
  askAgainPage,
  confirmPage,
  donePage,
  explainPage,
  failedPage,
  invalidLinkPage,
  refusalPage,
  unknownAddressPage,
} from "../ui/delegation-pages.ts";
import { pageHeaders } from "../ui/layout.ts";
import { delegationQuery, parseDelegation, type SignedDelegation } from "../webhook/delegation-signature.ts";
import type { SigningKey } from "./delegation-keys.ts";
import { createFormGuard, type FormGuard, type HeaderReader } from "./form-guard.ts";
import type { SignIn } from "./sign-in.ts";

export type DelegationTarget = {
  readonly name: string;
  readonly portalUrl: string;
  readonly validationKeySecrets: readonly string[];
};

export type DelegationRequest = {
  readonly method: string;
  /** From the path; undefined for the bare address. */
  readonly target: string | undefined;
  /** The whole address, with its query as it came. */
  readonly url: string;
  readonly header: HeaderReader;
  text(): Promise<string>;
};

export type DelegationDoor = {
  readonly log: Log;
  readonly clock: Pick<Clock, "now">;
  /** Targets whose portal hands over. */
  targets(signal: AbortSignal): Promise<readonly DelegationTarget[]>;
  /** Who is signed in, or undefined for nobody. */
  person(header: HeaderReader, signal: AbortSignal): Promise<Principal | undefined>;
  signIn(): SignIn;
  /** Our own origin, as browsers name it; `url` is the one that was called. */
  origin(url: string): string;
  readonly signingKey: SigningKey;
  readonly createId: () => string;
  world(target: string, signal: AbortSignal): Promise<DelegationWorld>;
};

export type PageAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const longestForm = 4_096;

function show(status: number, body: string): PageAnswer {
  return { status, headers: pageHeaders(), body };
}

function redirect(location: string): PageAnswer {
  const headers = { Location: location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" };
  return { status: 302, headers, body: "" };
}

/** The target that the path names, or the only one there is. */
function targetOf(name: string | undefined, targets: readonly DelegationTarget[]): DelegationTarget | undefined {
  if (name !== undefined && name !== "") return targets.find((each) => each.name === name);
  return targets.length === 1 ? targets[0] : undefined;
}

type Visit = {
  readonly request: DelegationRequest;
  readonly door: DelegationDoor;
  readonly target: DelegationTarget;
  readonly link: SignedDelegation;
  readonly key: Buffer;
  /** Path and query of the link, for coming back to it. */
  readonly path: string;
};

/** Forms are signed with the key that signed the link, so that nothing more has to be set up. */
function formGuard({ request, door, key }: Visit, principal: Principal, world: DelegationWorld): FormGuard {
  return createFormGuard({
    secrets: [key.toString("base64")],
    principal,
    origin: door.origin(request.url),
    now: () => door.clock.now(),
    createId: door.createId,
    takeOnce: (value, keepSeconds, signal) => world.requests.takeOnce("form", value, keepSeconds, signal),
  });
}

function formOf({ link }: Visit): string {
  return JSON.stringify(["delegation", link.delegation.operation, link.text]);
}

function questionOf(what: ToConfirm): DelegationQuestion {
  switch (what.operation) {
    case "Subscribe":
      return { operation: "Subscribe", product: what.product.displayName, terms: what.product.terms ?? "" };
    case "Unsubscribe":
      return { operation: "Unsubscribe", subscription: what.subscription.value.displayName };
    case "CloseAccount":
      return { operation: "CloseAccount" };
  }
}

function signInLocation(token: string, returnUrl: string, { portalUrl }: DelegationTarget): string {
  // The one secret in a URL, because the portal takes it nowhere else. It is good for five minutes.
  const query = new URLSearchParams({ token, returnUrl: portalPath(returnUrl, portalUrl) });
  return `${portalUrl}/signin-sso?${query}`;
}

function answerOpened(opened: Opened, visit: Visit, guard: FormGuard): PageAnswer {
  const { target, door } = visit;
  const signOutUrl = door.signIn().signOutUrl(target.portalUrl);
  switch (opened.kind) {
    case "token":
      return redirect(signInLocation(opened.token, opened.returnUrl, target));
    case "signOut":
      return redirect(signOutUrl);
    case "explain":
      return show(200, explainPage(opened.operation, target));
    case "confirm": {
      const question = questionOf(opened.what);
      const token = guard.issue(formOf(visit));
      return show(200, confirmPage(question, { action: visit.path, token, portalUrl: target.portalUrl }));
    }
    case "refused":
      // Signing out leads to the portal in any case; only who is named by the link is signed out here.
      if (visit.link.delegation.operation === "SignOut") return redirect(target.portalUrl);
      return show(403, refusalPage(opened.why, target, signOutUrl));
    case "spent":
      return show(401, invalidLinkPage());
  }
}

function linkOf({ link }: Visit): VerifiedLink {
  return { delegation: link.delegation, salt: link.salt };
}

async function open(visit: Visit, signal: AbortSignal): Promise<PageAnswer> {
  const { request, door, target, link, path } = visit;
  const person = await door.person(request.header, signal);
  if (person === undefined) {
    const isSignOut = link.delegation.operation === "SignOut";
    return redirect(isSignOut ? target.portalUrl : door.signIn().signInUrl(path));
  }
  const world = await door.world(target.name, signal);
  const opened = await openDelegation(linkOf(visit), person, world, signal);
  return answerOpened(opened, visit, formGuard(visit, person, world));
}

async function confirm(visit: Visit, signal: AbortSignal): Promise<PageAnswer> {
  const { request, door, target, path } = visit;
  const person = await door.person(request.header, signal);
  const text = await request.text();
  const token = text.length > longestForm ? "" : (new URLSearchParams(text).get("form") ?? "");
  if (person === undefined) return show(403, askAgainPage(path));
  const world = await door.world(target.name, signal);
  const form = await formGuard(visit, person, world).check(formOf(visit), token, request.header, signal);
  if (form === "used") return show(401, invalidLinkPage());
  if (form !== "ok") return show(403, askAgainPage(path));
  const confirmed = await confirmDelegation(linkOf(visit), person, world, signal);
  switch (confirmed.kind) {
    case "done":
      return show(200, donePage(confirmed.what.operation, target));
    case "refused":
      return show(403, refusalPage(confirmed.why, target, door.signIn().signOutUrl(target.portalUrl)));
    case "notForThis":
      return show(403, askAgainPage(path));
    case "spent":
      return show(401, invalidLinkPage());
  }
}

async function answer(request: DelegationRequest, door: DelegationDoor, signal: AbortSignal): Promise<PageAnswer> {
  const target = targetOf(request.target, await door.targets(signal));
  if (target === undefined) return show(404, unknownAddressPage());
  const link = parseDelegation(new URL(request.url).search.slice(1));
  const key = link === undefined ? undefined : await door.signingKey(link, target.validationKeySecrets, signal);
  if (link === undefined || key === undefined) {
    door.log.warn("delegation.refused", { target: target.name });
    return show(401, invalidLinkPage());
  }
  const base = request.target === undefined || request.target === "" ? "" : `/${encodeURIComponent(request.target)}`;
  const visit = { request, door, target, link, key, path: `/api/delegation${base}?${delegationQuery(link)}` };
  return request.method === "POST" ? confirm(visit, signal) : open(visit, signal);
}

/** A page or a redirect. Never a 401 for what could not be verified: that is a 5xx. */
export async function delegation(
  request: DelegationRequest,
  door: DelegationDoor,
  signal: AbortSignal,
): Promise<PageAnswer> {
  try {
    return await answer(request, door, signal);
  } catch (cause) {
    const error = asAppError(cause);
    door.log.error("delegation.failed", { code: error.code, message: error.message });
    return show(errorCodes[error.code].httpStatus, failedPage(error.code));
  }
}
