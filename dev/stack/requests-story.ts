// The second half of the demo: developers ask for a product; a rule answers, or a person whom a mail asks; access ends.
import type { EventSender } from "../apim/event-sender.ts";
import { createBrowser } from "./browser.ts";
import type { Demo } from "./demo-tools.ts";
import type { Row } from "./people-file.ts";

const product = "unlimited";

type Story = Demo & {
  /** What a developer clicks in the portal. The event that API Management sends of it arrives at the app's door. */
  ask(row: Row | undefined, subscription: string): Promise<void>;
  /** How the subscription stands at API Management. */
  tell(subscription: string): void;
};

function createStory(demo: Demo, events: EventSender | undefined): Story {
  const { stack, say } = demo;
  return {
    ...demo,
    async ask(row, subscription) {
      const user = stack.apim.state().users.find(({ email }) => email === row?.Mail);
      if (user === undefined) throw new Error("The story's developer has no account");
      say(`${row?.FirstName} of ${row?.Department} asks for the product "${product}".`);
      const fields = { displayName: subscription, scope: `/products/${product}`, state: "submitted" } as const;
      stack.apim.edit.putSubscription({ id: subscription, ownerId: user.id, ...fields });
      await events?.settle();
      await stack.host.idle();
    },
    tell(subscription) {
      const found = stack.apim.state().subscriptions.find(({ id }) => id === subscription);
      const comment = (found?.stateComment ?? "").split("\n").join(" / ");
      say(`  ${found?.state ?? "gone"}${comment === "" ? ", no answer yet" : `: ${comment}`}`);
    },
  };
}

async function byRule({ title, ask, tell }: Story, rows: readonly Row[]): Promise<void> {
  title("8. Developers ask for an API product: a rule answers at once");
  await ask(rows[7], "web-key");
  tell("web-key");
  await ask(rows[9], "finance-key");
  tell("finance-key");
}

async function byPerson({ title, say, step, ask, tell, stack }: Story, rows: readonly Row[]): Promise<void> {
  title("9. No rule fits: the manager in HR and the product's owners are asked by mail");
  stack.mailbox.clear();
  await ask(rows[15], "logistics-key");
  tell("logistics-key");
  const manager = rows.find(({ WorkerID }) => WorkerID === rows[15]?.ManagerID);
  const mail = stack.mailbox.mails().find(({ envelope }) => envelope.to.includes(manager?.Mail ?? ""));
  const link = /https?:\/\/\S+\/api\/ui\/decide\/\S+/.exec(mail?.text ?? "")?.[0];
  if (mail === undefined || link === undefined) throw new Error("The manager got no mail with a link");
  step(
    `To: ${mail.envelope.to.join(", ")}\nSubject: ${mail.subject}\n\n${mail.text.replace(/\/decide\/\S+/g, "/decide/…")}`,
  );

  const signIn = `${new URL(link).origin}/api/ui/sign-in`;
  const stranger = createBrowser();
  await stranger.submit(signIn, { address: "somebody.else@contoso.com" });
  say(`Somebody else opens the link: ${(await stranger.open(link)).status}, and learns nothing about the request.`);
  const own = createBrowser();
  await own.submit(signIn, { address: manager?.Mail ?? "", objectId: manager?.EntraObjectId ?? "" });
  await own.open(link);
  say("The manager opens it, which changes nothing …");
  tell("logistics-key");
  say("… and approves with a comment:");
  await own.submit(link, { answer: "approve", comment: "For the parcel tracking project" });
  await stack.host.idle();
  tell("logistics-key");
}

async function accessEnds({ title, say, tell, stack }: Story): Promise<void> {
  title("10. Access ends when it should, also when the event is lost");
  const ofYesterday = Date.now() - 86_400_000;
  say("The end of the first one is moved to yesterday. No event arrives; the timer's sweep finds it:");
  stack.apim.sendEvents(undefined);
  stack.apim.edit.putSubscription({ id: "web-key", expirationDate: ofYesterday });
  await stack.host.fireTimer("requests-sweep");
  await stack.host.idle();
  tell("web-key");
}

async function whoDecided({ title, show }: Story): Promise<void> {
  title("11. Who decided what, on which facts");
  await show("requests");
  await show("audit", "--subscription", "logistics-key");
  await show("audit", "verify");
}

/** Four requests and what becomes of them, all through the doors, the queue and the mail server. */
export async function requestsStory(demo: Demo, rows: readonly Row[]): Promise<void> {
  const { apim, host, keys } = demo.stack;
  const events = apim.sendEvents({ url: `${host.address}/api/events/apim`, key: keys.default });
  const story = createStory(demo, events);
  await byRule(story, rows);
  await byPerson(story, rows);
  await accessEnds(story);
  await whoDecided(story);
}
