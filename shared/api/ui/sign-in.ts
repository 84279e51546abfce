// Who is not signed in gets here: to the platform's sign-in, or on the local stack to its own.
import { html } from "../../ui/html.ts";
import { isOwnPath, paths } from "../../ui/paths.ts";
import { signInForms } from "../../ui/sign-in-page.ts";
import { checkedForm } from "./checked-form.ts";
import type { UiAnswer } from "./ui-world.ts";
import { notThere, seeOther, type Visit } from "./visit.ts";

const formName = "sign-in";

/** The address of this page, for coming back after the sign-in. */
function here({ call }: Visit): string {
  const { pathname, search } = new URL(call.url);
  return isOwnPath(`${pathname}${search}`) ? `${pathname}${search}` : paths.open();
}

/** Says to sign in, and how. The same for every address, so that it tells nothing about what is there. */
export function signInFirst(visit: Visit): UiAnswer {
  const { settings } = visit.world;
  const to = here(visit);
  const title = "Sign in";
  if (settings.localSignIn)
    return visit.message(401, title, {
      tone: "calm",
      text: "This page is for people who are signed in. On the local stack you can be anybody.",
      action: { text: "Choose who you are", href: paths.signIn(to) },
    });
  if (settings.authenticationIsOn)
    return visit.message(401, title, {
      tone: "calm",
      text: "This page is for people who are signed in with their company account.",
      action: { text: "Sign in", href: paths.platformSignIn(to) },
    });
  return visit.message(401, title, {
    tone: "warn",
    text: html`Nobody can sign in here: App Service authentication is off. Turn it on for this app, with Microsoft Entra ID and unauthenticated requests allowed.`,
  });
}

/** The local stack's sign-in; not there anywhere else. */
export async function localSignInPage(visit: Visit): Promise<UiAnswer> {
  if (!visit.world.settings.localSignIn) return notThere(visit);
  const { localPeople } = await import("../local-sign-in.ts");
  const to = visit.call.query.get("to") ?? paths.open();
  const body = signInForms(localPeople, { action: paths.signIn(), token: () => visit.forms.issue(formName), to });
  const lead = "On the local stack there is no directory: become one of these people, or anybody else.";
  return visit.page({ title: "Who are you?", lead, body, narrow: true });
}

/** Takes the choice. */
export async function localSignInPosted(visit: Visit): Promise<UiAnswer> {
  if (!visit.world.settings.localSignIn) return notThere(visit);
  const { localSignIn, localSignOut } = await import("../local-sign-in.ts");
  const posted = await checkedForm(formName, paths.signIn(), visit);
  if (!posted.ok) return posted.answer;
  if (posted.fields.has("out")) return { ...seeOther(paths.open()), cookies: [localSignOut()] };
  const secrets = await visit.world.linkSecrets(visit.signal);
  const cookie = localSignIn(posted.fields, secrets, visit.now);
  const to = posted.fields.get("to") ?? "";
  if (cookie !== undefined) return { ...seeOther(isOwnPath(to) ? to : paths.open()), cookies: [cookie] };
  return visit.message(400, "Nobody of that name", {
    tone: "warn",
    text: "Give an address, such as ada@contoso.com.",
    action: { text: "Try again", href: paths.signIn() },
  });
}
