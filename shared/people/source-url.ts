// Which addresses a source may be read from: TLS everywhere, plain HTTP only on this machine, no password in a URL.

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export type CheckedUrl = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly reason: string };

/** The URL, or why it may not be used: a sentence's second half. */
export function checkSourceUrl(text: string): CheckedUrl {
  if (!URL.canParse(text)) return { ok: false, reason: "it is not a URL, expected https://…" };
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return { ok: false, reason: "it holds a user name or password, expected none; name a secret under authentication" };
  }
  if (url.protocol === "https:") return { ok: true, url };
  if (url.protocol === "http:" && loopback.test(url.hostname)) return { ok: true, url };
  return { ok: false, reason: `it begins with "${url.protocol}//", expected https:// (http:// only on this machine)` };
}

/** The URL as it may stand in a message: without query and fragment, which may hold what nobody else should read. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
