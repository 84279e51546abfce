// What people see who come from the developer portal: a question, an answer, or why not. Names of products and
// subscriptions are somebody else's text.
import type { DelegationQuestion, DelegationRefusal } from "../core/delegation.ts";
import type { ErrorCode } from "../core/errors.ts";
import { type Child, html, outside } from "./html.ts";
import { renderPage } from "./layout.ts";
import { type Message, messageBody } from "./message-page.ts";
import { form } from "./parts.ts";

export type Portal = { readonly portalUrl: string };

function say(title: string, message: Message): string {
  return renderPage({ title, body: messageBody(message), narrow: true });
}

function back({ portalUrl }: Portal): NonNullable<Message["action"]> {
  return { text: "Back to the developer portal", href: portalUrl };
}

const refusals: Readonly<Record<DelegationRefusal, readonly [title: string, text: string]>> = {
  otherTenant: [
    "Signed in with another organisation",
    "You are signed in with an account of another organisation. Sign out, and come back with your company account.",
  ],
  unknown: [
    "HR does not know this sign-in",
    "Your sign-in worked, but HR's records do not name you as somebody at work with it. If you have just joined, try again tomorrow. Otherwise ask HR to check your record.",
  ],
  noAccount: [
    "Your account is not there yet",
    "HR knows you, and your account will be made by one of the next runs. Try again in an hour. If it is still not there, ask the team that runs the developer portal.",
  ],
  protected: [
    "This account does not sign in here",
    "Your account is looked after by the administrators of the developer portal. Ask them how it signs in.",
  ],
  notOurs: [
    "This account is not joined with HR",
    "The account that should be yours is not marked as yours. Ask the team that runs the developer portal to look at it.",
  ],
  pending: [
    "Your account is not confirmed",
    "Your account waits for a confirmation that was asked for in another way. Ask the team that runs the developer portal.",
  ],
  blocked: [
    "Your account is blocked",
    "Nobody can sign in to it. If you closed it yourself or think that this is a mistake, ask the team that runs the developer portal.",
  ],
  deleted: ["Your account is deleted", "Ask the team that runs the developer portal for a new one."],
  otherPerson: [
    "This link is for somebody else",
    "It is about another account than the one that you are signed in with. Nothing was done.",
  ],
  productHidden: [
    "You cannot ask for this product",
    "It is not there, not published, or only for groups that you are not in. Nothing was done.",
  ],
  nothingToEnd: [
    "There is nothing to end",
    "The subscription is not there, not yours, or ended already. Nothing was done.",
  ],
  limitReached: [
    "You have this product already",
    "The product allows no more subscriptions for one person. Nothing was done.",
  ],
};

/** Why the person's wish is not carried out. `signOutUrl`: for who is signed in as the wrong one. */
export function refusalPage(why: DelegationRefusal, portal: Portal, signOutUrl: string): string {
  const [title, text] = refusals[why];
  const canSwitch = why === "otherTenant" || why === "otherPerson";
  return say(title, { tone: "warn", text, action: canSwitch ? { text: "Sign out", href: signOutUrl } : back(portal) });
}

function asked(what: DelegationQuestion): readonly [title: string, text: Child, button: string] {
  switch (what.operation) {
    case "Subscribe": {
      const { product, terms } = what;
      return [
        "Ask for a product",
        [
          html`<p>You are about to ask for the product <strong>${outside(product)}</strong>.</p>`,
          terms !== "" &&
            html`<section aria-labelledby="terms"><h2 id="terms">Terms of use</h2><p class="terms">${outside(terms)}</p></section>`,
          html`<p class="soft">Your request is answered by rules, or by the people who look after the product.${terms !== "" && " By asking you agree to the terms."}</p>`,
        ],
        "Ask for it",
      ];
    }
    case "Unsubscribe":
      return [
        "End a subscription",
        html`<p>You are about to end your subscription <strong>${outside(what.subscription)}</strong>. Its keys stop working at once.</p>`,
        "End it",
      ];
    case "CloseAccount":
      return [
        "Close your account",
        html`<p>You are about to close your account in the developer portal. You can no longer sign in, and the keys of all your subscriptions stop working at once. Only an administrator can open it again.</p>`,
        "Close my account",
      ];
  }
}

/** A question with one button. The form goes to the link itself. */
export function confirmPage(
  what: DelegationQuestion,
  { action, token, portalUrl }: Portal & { readonly action: string; readonly token: string },
): string {
  const [title, text, button] = asked(what);
  const tone = what.operation === "Subscribe" ? "" : " refuse";
  const buttons = html`<div class="row actions"><button class="button${tone}" type="submit">${button}</button><a class="button quiet" href="${portalUrl}">Do nothing</a></div>`;
  const body = html`<div class="card">${text}${form(action, token, buttons)}</div>`;
  return renderPage({ title, body, narrow: true });
}

/** What was done. */
export function donePage(operation: DelegationQuestion["operation"], portal: Portal): string {
  const done = {
    Subscribe: ["Your request is on its way", "You see its state in your profile of the developer portal."],
    Unsubscribe: ["The subscription has ended", "Its keys no longer work."],
    CloseAccount: ["Your account is closed", "Only an administrator can open it again."],
  } as const;
  const [title, text] = done[operation];
  return say(title, { tone: "good", text, action: back(portal) });
}

/** Who looks after what cannot be changed here. */
export function explainPage(operation: "ChangePassword" | "ChangeProfile", portal: Portal): string {
  const explained = {
    ChangePassword: [
      "Your password is your company's",
      "You sign in to the developer portal with your company account, so there is no password to change here. Change it where you change it for everything else at work.",
    ],
    ChangeProfile: [
      "Your name and address come from HR",
      "Rollcall keeps them as HR has them. Ask HR to correct your record; the developer portal follows with one of the next runs.",
    ],
  } as const;
  const [title, text] = explained[operation];
  return say(title, { tone: "calm", text, action: back(portal) });
}

/** For a confirmation that nobody who is signed in sent, or that did not come from the question. */
export function askAgainPage(link: string): string {
  const text = "You were signed out meanwhile, or the question was open for too long. Nothing was done.";
  return say("Please confirm again", { tone: "warn", text, action: { text: "Back to the question", href: link } });
}

/** One and the same for every link that is not valid, whatever is wrong with it. */
export function invalidLinkPage(): string {
  const text =
    "It was used already, or it did not come from the developer portal. Go back to the portal and try again.";
  return say("This link is not valid", { tone: "warn", text });
}

export function unknownAddressPage(): string {
  const text =
    "No developer portal hands over to this address. With several services the address ends with the name of one of them.";
  return say("There is nothing here", { tone: "warn", text });
}

/** A failure that is not the person's. The code is for whoever looks after the installation. */
export function failedPage(code: ErrorCode): string {
  const text = html`Something that is needed could not be reached, or refused. Wait a minute, go back to the developer portal and try again. The code for whoever looks after this: <code>${code}</code>`;
  return say("That did not work", { tone: "bad", text });
}
