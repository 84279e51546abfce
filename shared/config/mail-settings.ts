// The settings for mail: where the mail server is and how its connection is protected, and whom mail is from.
import { z } from "zod";
import { isLoopback } from "./web-address.ts";

/** `implicit`: TLS from the first byte. `starttls`: TLS before anything is said, or no mail. `none`: plain, to this
 * machine only. */
export type MailServer = {
  readonly host: string;
  readonly port: number;
  readonly protection: "implicit" | "starttls" | "none";
};

export type MailSender = { readonly name: string; readonly address: string };

const expectedServer = "expected smtp://host:port (STARTTLS is demanded) or smtps://host:port, and nothing else in it";

/** `smtp://host[:587]` or `smtps://host[:465]`. */
export const mailServer = z.string().transform((text, context): MailServer => {
  const server = parseServer(text);
  if (server !== undefined) return server;
  // The value itself is not repeated: it may hold a password.
  context.addIssue({ code: "custom", message: expectedServer });
  return z.NEVER;
});

/** `rollcall@contoso.com` or `Rollcall <rollcall@contoso.com>`. */
export const mailSender = z.string().transform((text, context): MailSender => {
  const [, name = "", inBrackets, bare] = /^(?:([^<>"\p{Cc}]*)<([^<>\s]+)>|([^<>\s]+))$/u.exec(text.trim()) ?? [];
  const address = inBrackets ?? bare;
  if (address !== undefined && /^[^@\s",;:()[\]\\]+@[A-Za-z0-9.-]+$/.test(address))
    return { name: name.trim(), address };
  context.addIssue({ code: "custom", message: "expected an address, or a name and <address>" });
  return z.NEVER;
});

function parseServer(text: string): MailServer | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const implicit = url?.protocol === "smtps:";
  if (url === undefined || (!implicit && url.protocol !== "smtp:") || url.hostname === "") return undefined;
  const bare = [url.username, url.password, url.search, url.hash].every((part) => part === "");
  if (!bare || (url.pathname !== "" && url.pathname !== "/")) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (implicit) return { host, port: Number(url.port || "465"), protection: "implicit" };
  return { host, port: Number(url.port || "587"), protection: isLoopback(url.hostname) ? "none" : "starttls" };
}
