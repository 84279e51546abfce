// The frame of every page, and the headers with which a page is sent: nothing runs in it, nothing comes from elsewhere,
// nobody puts it into a frame, and nothing keeps it.
import { createHash } from "node:crypto";
import { type Html, html } from "./html.ts";
import { icon } from "./icons.ts";
import { style } from "./style.ts";

export type Link = { readonly text: string; readonly href: string; readonly current?: boolean };

export type Frame = {
  /** The page's title: its heading, and with the product's name that of the window. */
  readonly title: string;
  /** A sentence or two below the heading. */
  readonly lead?: Html | string;
  readonly body: Html;
  /** Where the reader can go; none for a page that stands by itself. */
  readonly navigation?: readonly Link[];
  /** Who is signed in, with the way out. */
  readonly user?: Html;
  /** Narrow lines, for a page with one thing on it. */
  readonly narrow?: boolean;
};

const styleHash = createHash("sha256").update(style.toString(), "utf8").digest("base64");

/** Headers of a page. `formTarget` is another origin to which the answer to a form may lead on, such as the developer
 * portal's: browsers hold a redirect after a form to `form-action` as well. */
export function pageHeaders(formTarget?: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "img-src data:",
    `form-action 'self'${formTarget === undefined ? "" : ` ${new URL(formTarget).origin}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": policy.join("; "),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
  };
}

function navigation(links: readonly Link[]): Html | undefined {
  if (links.length === 0) return undefined;
  const items = links.map(
    ({ text, href, current }) =>
      html`<li><a href="${href}"${current === true && html` aria-current="page"`}>${text}</a></li>`,
  );
  return html`<nav aria-label="Rollcall"><ul>${items}</ul></nav>`;
}

/** The page as text, ready to be sent with `pageHeaders`. */
export function renderPage({ title, lead, body, navigation: links = [], user, narrow }: Frame): string {
  const home = links[0]?.href;
  const brand = html`${icon("roll")}<span>Rollcall</span>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Rollcall</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><div>
${home === undefined ? html`<span class="brand">${brand}</span>` : html`<a class="brand" href="${home}">${brand}</a>`}
${navigation(links)}${user}
</div></header>
<main id="main" tabindex="-1"${narrow === true && html` class="narrow"`}>
<div class="head"><h1>${title}</h1>${lead !== undefined && html`<p class="soft">${lead}</p>`}</div>
${body}
</main>
<footer class="foot">Rollcall keeps developer accounts in step with HR, and answers requests by rules that people wrote.</footer>
</body>
</html>
`.toString();
}
