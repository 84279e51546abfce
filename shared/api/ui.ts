// The page below `/api/ui`: finds what an address means for who is signed in. Nothing is changed but by a form.
import type { App } from "../app.ts";
import { asAppError, errorCodes } from "../core/errors.ts";
import type { Log } from "../ports.ts";
import { html } from "../ui/html.ts";
import { pageHeaders, renderPage } from "../ui/layout.ts";
import { messageBody } from "../ui/message-page.ts";
import { paths } from "../ui/paths.ts";
import { decidePage, decidePosted } from "./ui/decide.ts";
import { failedPage, retryMessagePosted, retryPosted } from "./ui/failed.ts";
import { openUi } from "./ui/open-ui.ts";
import { answerPosted, historyPage, onePage, openPage } from "./ui/requests.ts";
import { acceptPosted, oneRunPage, runsPage } from "./ui/runs.ts";
import { localSignInPage, localSignInPosted, signInFirst } from "./ui/sign-in.ts";
import type { UiAnswer, UiCall, UiWorld } from "./ui/ui-world.ts";
import { createVisit, notOurTenant, notThere, type SignedIn, type Visit } from "./ui/visit.ts";

type Route<V> = {
  readonly method: "GET" | "POST";
  /** Segments; a colon stands for any one, which is handed on. */
  readonly path: string;
  readonly answer: (visit: V, segments: readonly [string, string]) => Promise<UiAnswer>;
};

const openRoutes: readonly Route<Visit>[] = [
  { method: "GET", path: "sign-in", answer: localSignInPage },
  { method: "POST", path: "sign-in", answer: localSignInPosted },
];

const routes: readonly Route<SignedIn>[] = [
  { method: "GET", path: "", answer: openPage },
  { method: "GET", path: "history", answer: historyPage },
  { method: "GET", path: "requests/:/:", answer: (visit, [target, id]) => onePage(target, id, visit) },
  { method: "POST", path: "requests/:/:/answer", answer: (visit, [target, id]) => answerPosted(target, id, visit) },
  { method: "POST", path: "requests/:/:/retry", answer: (visit, [target, id]) => retryPosted(target, id, visit) },
  { method: "GET", path: "runs", answer: runsPage },
  { method: "GET", path: "runs/:", answer: (visit, [id]) => oneRunPage(id, visit) },
  { method: "POST", path: "runs/:/accept", answer: (visit, [id]) => acceptPosted(id, visit) },
  { method: "GET", path: "failed", answer: failedPage },
  { method: "POST", path: "messages/:/retry", answer: (visit, [id]) => retryMessagePosted(id, visit) },
  { method: "GET", path: "decide/:", answer: (visit, [token]) => decidePage(token, visit) },
  { method: "POST", path: "decide/:", answer: (visit, [token]) => decidePosted(token, visit) },
];

/** The segments behind the colons; undefined where the path is another one. */
function match(pattern: string, path: string): readonly [string, string] | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  const fits = wanted.length === given.length && wanted.every((each, index) => each === ":" || each === given[index]);
  const [first = "", second = ""] = given.filter((_, index) => wanted[index] === ":");
  return fits ? [first, second] : undefined;
}

function find<V>(all: readonly Route<V>[], method: string, path: string, visit: V): Promise<UiAnswer> | undefined {
  for (const route of all) {
    const segments = route.method === method ? match(route.path, path) : undefined;
    if (segments !== undefined) return route.answer(visit, segments);
  }
  return undefined;
}

async function answerTo(call: UiCall, world: UiWorld, signal: AbortSignal): Promise<UiAnswer> {
  const method = call.method === "HEAD" ? "GET" : call.method;
  const path = call.path.replace(/\/+$/, "");
  const visit = await createVisit(call, world, signal);
  const open = find(openRoutes, method, path, visit);
  if (open !== undefined) return open;
  const { principal } = visit;
  if (principal === undefined) return signInFirst(visit);
  if (visit.isForeign) return notOurTenant(visit);
  return find(routes, method, path, { ...visit, principal }) ?? notThere(visit);
}

/** Where an unexpected error was thrown: a line of its stack holds names of functions and files, no values. */
function placeOf(cause: unknown): string | undefined {
  return cause instanceof Error
    ? cause.stack
        ?.split("\n")
        .find((line) => line.startsWith("    at "))
        ?.trim()
    : undefined;
}

/** A failure as a page: its code and its sentence, which hold neither secrets nor personal data. */
function failurePage(cause: unknown, log: Log): UiAnswer {
  const error = asAppError(cause);
  log.error("ui.failed", { code: error.code, message: error.message, at: placeOf(error.cause) });
  const said = error.code === "BUG" ? "Rollcall failed in a way that it did not expect; see the log" : error.message;
  const body = messageBody({
    tone: "bad",
    text: html`<code>${error.code}</code> ${said}. Nothing is lost: load the page again, and look whether what you did has arrived.`,
    action: { text: "Open requests", href: paths.open() },
  });
  return {
    status: errorCodes[error.code].httpStatus,
    headers: pageHeaders(),
    body: renderPage({ title: "That did not work", body, narrow: true }),
  };
}

/** Answers one call of the page. */
export async function ui(call: UiCall, open: () => Promise<UiWorld>, log: Log, signal: AbortSignal): Promise<UiAnswer> {
  try {
    return await answerTo(call, await open(), signal);
  } catch (cause) {
    return failurePage(cause, log);
  }
}

/** Answers one call of the app's page. */
export function uiOf(call: UiCall, app: App, log: Log, signal: AbortSignal): Promise<UiAnswer> {
  return ui(call, () => openUi(app, log), log, signal);
}
