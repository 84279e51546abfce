import { createTransport } from "nodemailer";
import { afterEach, describe, expect, it } from "vitest";
import { type Mailbox, startMailbox } from "../../../dev/mail/mailbox.ts";
import { type MailboxControl, startMailboxControl } from "../../../dev/mail/mailbox-control.ts";

const open: (Mailbox | MailboxControl)[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start() {
  const mailbox = await startMailbox({ port: 0 });
  const control = await startMailboxControl(mailbox, 0);
  open.push(mailbox, control);
  const transport = createTransport({ host: "127.0.0.1", port: mailbox.port, ignoreTLS: true });
  const send = (subject: string) =>
    transport.sendMail({ from: "a@contoso.com", to: "b@contoso.com", subject, text: "Grüße\n" });
  return { mailbox, control, send };
}

describe("the mailbox", () => {
  it("shows what came, and forgets it, over HTTP", async () => {
    const { control, send } = await start();
    await send("First: ü");
    const read = async () => JSON.parse(await (await fetch(`${control.address}/_sim/mails`)).text()).mails;

    expect(await read()).toMatchObject([
      {
        envelope: { from: "a@contoso.com", to: ["b@contoso.com"] },
        subject: "First: ü",
        text: "Grüße\n",
        encrypted: false,
      },
    ]);
    expect((await fetch(`${control.address}/_sim/mails`, { method: "DELETE" })).status).toBe(204);
    expect(await read()).toEqual([]);
  });

  it("gives people the mails to read, the latest first", async () => {
    const { control, send } = await start();
    const read = async () => (await fetch(control.address)).text();
    expect(await read()).toBe("No mail yet\n");
    await send("First: ü");
    await send("Second");

    expect((await read()).split(/\n-{78}\n\n/)).toEqual(
      ["Second", "First: ü"].map(
        (subject) => `From     a@contoso.com\nTo       b@contoso.com\nSubject  ${subject}\n\nGrüße\n`,
      ),
    );
  });

  it("fails as it is told to, and so often", async () => {
    const { mailbox, control, send } = await start();
    const post = (body: string) => fetch(`${control.address}/_sim/faults`, { method: "POST", body });
    expect((await post('{"at":"recipient","reply":451,"times":2}')).status).toBe(204);

    await expect(send("1")).rejects.toMatchObject({ responseCode: 451 });
    await expect(send("2")).rejects.toMatchObject({ responseCode: 451 });
    await send("3");
    expect((await post('{"at":"data"}')).status).toBe(204);
    await expect(send("4")).rejects.toThrow();
    await send("5");
    expect(mailbox.mails().map(({ subject }) => subject)).toEqual(["3", "5"]);
  });

  it("refuses what it does not know", async () => {
    const { control } = await start();

    expect((await fetch(`${control.address}/_sim/nothing`)).status).toBe(404);
    for (const body of ["{", '{"at":"moon"}', '{"at":"data","reply":200}'])
      expect((await fetch(`${control.address}/_sim/faults`, { method: "POST", body })).status).toBe(400);
  });
});
