import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createCertificate } from "../../dev/certificate.ts";
import { type Mailbox, type MailboxOptions, startMailbox } from "../../dev/mail/mailbox.ts";
import { AppError } from "../../shared/core/errors.ts";
import { createMailWay, type MailOptions } from "../../shared/notify/mail.ts";
import type { Secrets } from "../../shared/ports.ts";
import type { Notice } from "../../shared/request-ports.ts";
import { startOfTime } from "../helpers/records.ts";
import { testCertificate } from "../helpers/test-certificate.ts";

const signal = new AbortController().signal;
const url = "https://rollcall.contoso.com/api/ui/decide/abc.def-_";
const notice: Notice = {
  kind: "ask",
  id: "contoso/s1/1/ask/0",
  to: ["boss@contoso.com"],
  subject: "Ada Lovelace asks for Payments API",
  lines: ["Ada Lovelace <ada@contoso.com> asks for Payments API.", "", "Nobody answers: rejected on 2026-03-16."],
  link: { text: "Look at the request", url },
};

const open: Mailbox[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(
  box: Partial<MailboxOptions> = {},
  mail: Partial<MailOptions> = {},
  protection: MailOptions["server"]["protection"] = "none",
) {
  const mailbox = await startMailbox({ port: 0, ...box });
  const way = createMailWay({
    server: { host: "127.0.0.1", port: mailbox.port, protection },
    from: { name: "Rollcall, Contoso", address: "rollcall@contoso.com" },
    secrets: secretsOf("unused"),
    clock: { now: () => startOfTime },
    ...mail,
  });
  open.push(mailbox);
  return { mailbox, way };
}

/** Gives the first password until it is asked for a fresh one. */
function secretsOf(stale: string, fresh: string = stale): Secrets {
  return { get: async (_name, options) => (options.fresh === true ? fresh : stale) };
}

function failureOf(sending: Promise<unknown>): Promise<{ code: string; message: string }> {
  return sending.then(
    () => Promise.reject(new Error("A failure was expected")),
    (error) => error,
  );
}

describe("a mail", () => {
  it("says the same as text and as HTML, with the link, and who it is from", async () => {
    const { mailbox, way } = await start();

    expect(await way.send(notice, signal)).toEqual([]);

    const [mail] = mailbox.mails();
    expect(mail?.envelope).toEqual({ from: "rollcall@contoso.com", to: ["boss@contoso.com"] });
    expect(mail?.subject).toBe(notice.subject);
    expect(mail?.text).toBe(`${notice.lines.join("\n")}\n\nLook at the request:\n${url}\n`);
    expect(mail?.html).toContain(`<a href="${url}"`);
    expect(mail?.html).toContain("Ada Lovelace &#60;ada@contoso.com&#62; asks for Payments API.");
    expect(mail?.headers).toEqual(
      expect.arrayContaining([
        'From: "Rollcall, Contoso" <rollcall@contoso.com>',
        "To: boss@contoso.com",
        "Date: Mon, 02 Mar 2026 08:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "MIME-Version: 1.0",
      ]),
    );
  });

  it("goes to each addressee alone, once, under an id that only the notice and the addressee make", async () => {
    const [first, second] = [await start(), await start()];
    const to = ["boss@contoso.com", "owners@contoso.com", "boss@contoso.com"];
    await first.way.send({ ...notice, to }, signal);
    await second.way.send({ ...notice, to, subject: "Reworded" }, signal);
    await second.way.send({ ...notice, id: "another" }, signal);

    const mails = first.mailbox.mails();
    expect(mails.map(({ envelope }) => envelope.to)).toEqual([["boss@contoso.com"], ["owners@contoso.com"]]);
    expect(mails.every(({ raw, envelope }) => to.every((one) => envelope.to.includes(one) || !raw.includes(one)))).toBe(
      true,
    );
    const ids = (box: Mailbox) => box.mails().map(({ messageId }) => messageId);
    expect(ids(first.mailbox)).toEqual(ids(second.mailbox).slice(0, 2));
    expect(new Set(ids(second.mailbox)).size).toBe(3);
    expect(ids(first.mailbox)[0]).toMatch(/^<[0-9a-f]{40}@contoso\.com>$/);
  });

  it("keeps a connection for the next one", async () => {
    const { mailbox, way } = await start();
    for (const id of ["1", "2", "3"]) await way.send({ ...notice, id }, signal);

    expect(mailbox.mails()).toHaveLength(3);
    expect(mailbox.connections()).toBe(1);
  });
});

describe("hostile text", () => {
  const hostile =
    '"><img src=https://evil.example/x>\r\nBcc: all@contoso.com\r\n\r\n<script>a()</script>\u202e www.evil.example';

  it("makes no header, no recipient, no markup and no link", async () => {
    const { mailbox, way } = await start();
    await way.send({ ...notice, subject: hostile, lines: [hostile, hostile], link: { text: hostile, url } }, signal);

    const [mail] = mailbox.mails();
    expect(mailbox.mails()).toHaveLength(1);
    expect(mail?.envelope.to).toEqual(["boss@contoso.com"]);
    expect(mail?.headers.filter((line) => /^bcc:/i.test(line))).toEqual([]);
    expect(mail?.subject).toContain("Bcc: all@contoso.com");
    expect(mail?.subject).not.toMatch(/[\r\n\u202e]/);
    expect(mail?.html).not.toMatch(/<img|<script|\u202e/i);
    expect(mail?.html.match(/<a /g)).toHaveLength(1);
    const ours = (text = "") => text.replaceAll(url, "");
    for (const part of [ours(mail?.text), ours(mail?.html)]) {
      expect(part).not.toContain("evil.example");
      expect(part).not.toContain("https://");
      expect(part).not.toContain("\u202e");
    }
  });

  it.each([
    "all@contoso.com, boss@contoso.com",
    "boss@contoso.com\r\nRCPT TO:<all@contoso.com>",
    "Boss <boss@contoso.com>",
    "group:boss@contoso.com;",
    "boss@contoso.com>\u0000",
    "boss",
    "",
    "@contoso.com",
    "boss@",
    "boss@-contoso.com.",
  ])("%j is no addressee; the others get theirs", async (address) => {
    const { mailbox, way } = await start();

    expect(await way.send({ ...notice, to: [address, "owners@contoso.com"] }, signal)).toEqual([address]);
    expect(mailbox.mails().map(({ envelope }) => envelope.to)).toEqual([["owners@contoso.com"]]);
  });
});

describe("the connection", () => {
  it.each([
    ["starttls", {}],
    ["implicit", { implicit: true }],
  ] as const)("%s: is encrypted before anything is said, and signs in", async (protection, how) => {
    const certificate = await testCertificate();
    const { mailbox, way } = await start(
      { tls: { ...certificate, ...how }, users: { rollcall: "right" } },
      { signIn: { user: "rollcall", passwordSecret: "smtp-password" }, secrets: secretsOf("right") },
      protection,
    );
    await way.send(notice, signal);

    expect(mailbox.mails()).toMatchObject([{ encrypted: true, user: "rollcall" }]);
  });

  it("starttls: sends nothing to a server that offers none", async () => {
    const { mailbox, way } = await start({}, {}, "starttls");

    expect(await failureOf(way.send(notice, signal))).toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining("it offers no TLS that can be trusted"),
    });
    expect(mailbox.mails()).toEqual([]);
  });

  it.each([
    ["starttls", {}],
    ["implicit", { implicit: true }],
  ] as const)("%s: sends nothing to a server whose certificate is not trusted", async (protection, how) => {
    const foreign = await createCertificate(await mkdtemp(join(tmpdir(), "foreign-")));
    const { mailbox, way } = await start({ tls: { ...foreign, ...how } }, {}, protection);

    expect(await failureOf(way.send(notice, signal))).toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining("certificate"),
    });
    expect(mailbox.mails()).toEqual([]);
  });

  it("a password that was changed is read afresh, once", async () => {
    const { mailbox, way } = await start(
      { users: { rollcall: "new" } },
      { signIn: { user: "rollcall", passwordSecret: "smtp-password" }, secrets: secretsOf("old", "new") },
    );
    await way.send(notice, signal);

    expect(mailbox.mails()).toMatchObject([{ user: "rollcall" }]);
    expect(mailbox.connections()).toBe(2);
  });

  it.each([
    ["cold", "any", "right"],
    ["where it was changed", "fresh", "old"],
  ] as const)(
    "a password that cannot be read now is SECRET_UNAVAILABLE, and works as soon as it can: %s",
    async (_, which, first) => {
      const vault = { away: true };
      const secrets: Secrets = {
        async get(name, { fresh = false }) {
          if (vault.away && (fresh || which === "any"))
            throw new AppError("SECRET_UNAVAILABLE", `Cannot read "${name}"`);
          return fresh ? "right" : first;
        },
      };
      const { mailbox, way } = await start(
        { users: { rollcall: "right" } },
        { signIn: { user: "rollcall", passwordSecret: "smtp-password" }, secrets },
      );

      expect(await failureOf(way.send(notice, signal))).toMatchObject({ code: "SECRET_UNAVAILABLE" });
      expect(mailbox.mails()).toEqual([]);
      vault.away = false;
      await way.send(notice, signal);
      expect(mailbox.mails()).toMatchObject([{ user: "rollcall" }]);
    },
  );

  it("a password that is wrong is CONFIG_INVALID, says where to look, and is not repeated", async () => {
    const { mailbox, way } = await start(
      { users: { rollcall: "right" } },
      { signIn: { user: "rollcall", passwordSecret: "smtp-password" }, secrets: secretsOf("hunter2") },
    );

    const failure = await failureOf(way.send(notice, signal));
    expect(failure).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("ROLLCALL_SMTP_USER") });
    expect(failure.message).not.toContain("hunter2");
    expect(mailbox.connections()).toBe(2);
  });

  it("nobody there is NETWORK, and works again when somebody is", async () => {
    const { mailbox, way } = await start();
    await mailbox.close();
    expect(await failureOf(way.send(notice, signal))).toMatchObject({ code: "NETWORK" });

    const back = await startMailbox({ port: mailbox.port });
    open.push(back);
    await way.send(notice, signal);
    expect(back.mails()).toHaveLength(1);
  });

  it("a signal that has fired is ABORTED", async () => {
    const { mailbox, way } = await start();

    expect(await failureOf(way.send(notice, AbortSignal.abort()))).toMatchObject({ code: "ABORTED" });
    expect(mailbox.mails()).toEqual([]);
  });
});

describe("a mail server's faults", () => {
  it.each([
    [{ at: "recipient", reply: 451 }, "NETWORK"],
    [{ at: "data", reply: 452 }, "NETWORK"],
    [{ at: "connect", reply: 421 }, "NETWORK"],
    [{ at: "auth", reply: 454 }, "NETWORK"],
    [{ at: "mailFrom", reply: 550 }, "CONFIG_INVALID"],
  ] as const)("%o is %s, and the notice can be sent again", async (fault, code) => {
    const { mailbox, way } = await start(
      { users: { rollcall: "right" } },
      { signIn: { user: "rollcall", passwordSecret: "smtp-password" }, secrets: secretsOf("right") },
    );
    mailbox.addFault({ ...fault, times: 1 });

    expect(await failureOf(way.send(notice, signal))).toMatchObject({ code });
    expect(await way.send(notice, signal)).toEqual([]);
    expect(mailbox.mails()).toHaveLength(1);
  });

  it("a connection that breaks again and again is NETWORK", async () => {
    const { mailbox, way } = await start();
    mailbox.addFault({ at: "data", times: 10 });

    expect(await failureOf(way.send(notice, signal))).toMatchObject({ code: "NETWORK" });
  });

  it.each(["recipient", "data"] as const)("a refusal of the %s for good is a value", async (at) => {
    const { mailbox, way } = await start();
    mailbox.addFault({ at, reply: 550, times: 1 });

    expect(await way.send({ ...notice, to: ["gone@contoso.com", "owners@contoso.com"] }, signal)).toEqual([
      "gone@contoso.com",
    ]);
    expect(mailbox.mails().map(({ envelope }) => envelope.to)).toEqual([["owners@contoso.com"]]);
  });

  it("sent again after one of several failed, only that one goes", async () => {
    const { mailbox, way } = await start();
    const to = ["one@contoso.com", "two@contoso.com", "three@contoso.com"];
    mailbox.addFault({ at: "recipient", reply: 451, times: 1, recipient: "two@contoso.com" });

    expect(await failureOf(way.send({ ...notice, to }, signal))).toMatchObject({ code: "NETWORK" });
    await way.send({ ...notice, to }, signal);

    const got = mailbox.mails().map(({ envelope }) => envelope.to[0]);
    expect(got).toEqual(["one@contoso.com", "three@contoso.com", "two@contoso.com"]);
  });
});
