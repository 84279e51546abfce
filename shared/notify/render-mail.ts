// A notice as a mail: the same words as plain text and as HTML. The only thing to click on is the notice's own link.
import type { Notice } from "../request-ports.ts";
import { escapeHtml, harmlessLine, unlinkedLine } from "./harmless-text.ts";

const longestSubject = 150;
const longestLine = 2_000;

export type RenderedMail = { readonly subject: string; readonly text: string; readonly html: string };

const font = "font-family:'Segoe UI',system-ui,-apple-system,Helvetica,Arial,sans-serif";

export function renderMail(notice: Notice): RenderedMail {
  const subject = cut(harmlessLine(notice.subject).trim(), longestSubject);
  const lines = notice.lines.map((line) => cut(unlinkedLine(line), longestLine));
  const link = notice.link === undefined ? undefined : { ...notice.link, text: unlinkedLine(notice.link.text) };
  return { subject, text: textOf(lines, link), html: htmlOf(subject, lines, link) };
}

type Link = { readonly text: string; readonly url: string };

function textOf(lines: readonly string[], link: Link | undefined): string {
  const parts = link === undefined ? lines : [...lines, "", `${link.text}:`, link.url];
  return `${parts.join("\n")}\n`;
}

function htmlOf(subject: string, lines: readonly string[], link: Link | undefined): string {
  const paragraphs = lines.map((line) =>
    line === ""
      ? ""
      : `<p style="margin:0 0 12px;${font};font-size:15px;line-height:1.5;color:#1b1b1f">${escapeHtml(line)}</p>`,
  );
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    // Programs that find dates, addresses and numbers by themselves leave them alone.
    '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">',
    `<title>${escapeHtml(unlinkedLine(subject))}</title></head>`,
    '<body style="margin:0;padding:24px;background:#f4f5f7">',
    '<div style="max-width:600px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #e1e3e8;border-radius:8px">',
    `<h1 style="margin:0 0 16px;${font};font-size:18px;line-height:1.35;color:#1b1b1f">${escapeHtml(unlinkedLine(subject))}</h1>`,
    ...paragraphs,
    ...(link === undefined ? [] : linkHtml(link)),
    "</div></body></html>",
    "",
  ].join("\n");
}

function linkHtml({ text, url }: Link): readonly string[] {
  const style = `display:inline-block;padding:10px 18px;border-radius:6px;background:#0b5cad;color:#ffffff;${font};font-size:15px;text-decoration:none`;
  return [
    `<p style="margin:20px 0 12px"><a href="${escapeHtml(url)}" style="${style}">${escapeHtml(text)}</a></p>`,
    `<p style="margin:0;${font};font-size:12px;line-height:1.5;color:#5b5f6a;word-break:break-all">${escapeHtml(url)}</p>`,
  ];
}

function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
