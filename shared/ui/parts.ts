// Small parts that many pages share.
import type { Child, Html } from "./html.ts";
import { html } from "./html.ts";
import { type Icon, icon } from "./icons.ts";

export type Tone = "good" | "bad" | "warn" | "calm";

/** A state in a word: its colour and its drawing only repeat the word. */
export function pill(tone: Tone, text: string, drawing: Icon = tone): Html {
  return html`<span class="pill ${tone}">${icon(drawing)}${text}</span>`;
}

/** Something that the reader should see before the rest of the page. */
export function notice(tone: Tone, body: Child): Html {
  return html`<div class="notice ${tone}" role="${tone === "bad" ? "alert" : "status"}">${icon(tone)}<div>${body}</div></div>`;
}

/** Facts, each with its name. A fact that is not known is left out; a wide one takes two places. */
export function factList(facts: readonly (readonly [name: string, value: Child, width?: "span"])[]): Html {
  const known = facts.filter(([, value]) => value !== undefined && value !== false && value !== "");
  const items = known.map(
    ([name, value, width]) =>
      html`<div${width !== undefined && html` class="span"`}><dt>${name}</dt><dd>${value}</dd></div>`,
  );
  return html`<dl class="facts">${items}</dl>`;
}

export function chips(texts: readonly Child[]): Html | undefined {
  return texts.length === 0 ? undefined : html`<ul class="chips">${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}

/** Where a list would stand: that there is nothing, why, and what comes next. */
export function emptyState(title: string, text: Child): Html {
  return html`<section class="empty">${icon("tray")}<h2>${title}</h2><p>${text}</p></section>`;
}

/** A button in a form of its own, or several. `token` is what the form's guard issued. */
export function form(action: string, token: string, body: Child): Html {
  return html`<form method="post" action="${action}" class="stack"><input type="hidden" name="form" value="${token}">${body}</form>`;
}

/** A number and what it counts. */
export function tiles(counts: readonly (readonly [text: string, count: number])[]): Html {
  const items = counts.map(([text, count]) => html`<li><strong>${thousands(count)}</strong><span>${text}</span></li>`);
  return html`<ul class="tiles">${items}</ul>`;
}

/** 12,345 */
export function thousands(count: number): string {
  return count.toLocaleString("en-GB");
}

/** "1 change", "2 changes". */
export function counted(count: number, thing: string): string {
  return `${thousands(count)} ${thing}${count === 1 ? "" : "s"}`;
}
