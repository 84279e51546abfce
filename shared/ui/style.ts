// The look of every page, in one style sheet without anything from elsewhere: the reader's own typeface, light or dark as
// the reader has it, cards instead of tables on a phone, no motion where the reader wants none.
import { type Html, html } from "./html.ts";

const colours = html`
:root {
  color-scheme: light dark;
  --ground: #f5f4f0; --surface: #fffefb; --sunken: #efeee8; --line: #dcd9cf; --edge: #857f72;
  --text: #20242a; --soft: #59606a; --accent: #1d5a7a; --accent-hover: #154660; --on-accent: #fff; --focus: #b4530a;
  --good: #17643a; --good-ground: #e2f1e7; --bad: #9c2a20; --bad-ground: #fae8e4;
  --warn: #74500a; --warn-ground: #faf0d2; --calm: #3a4a58; --calm-ground: #e7ebee;
  --shadow: 0 1px 2px rgb(32 36 42 / 6%), 0 4px 14px rgb(32 36 42 / 5%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --surface: #1c2024; --sunken: #23282d; --line: #343b42; --edge: #87919b;
    --text: #e8e9e6; --soft: #a9b1b9; --accent: #7cc0e2; --accent-hover: #a3d5ee; --on-accent: #0d1c26; --focus: #ffb066;
    --good: #85d6a3; --good-ground: #183524; --bad: #f5a79d; --bad-ground: #41201c;
    --warn: #ecc873; --warn-ground: #3a2f14; --calm: #b9c6d2; --calm-ground: #2a333b;
    --shadow: 0 1px 2px rgb(0 0 0 / 30%);
  }
}`;

const ground = html`
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--text);
  font: 1rem/1.55 "Inter", "Segoe UI Variable Text", "Segoe UI", system-ui, -apple-system, "Roboto", "Noto Sans",
    "DejaVu Sans", sans-serif;
  overflow-wrap: break-word;
}
h1, h2, h3 { line-height: 1.25; font-weight: 650; letter-spacing: -0.011em; margin: 0; text-wrap: balance; }
h1 { font-size: 1.65rem; }
h2 { font-size: 1.15rem; }
h3 { font-size: 1rem; }
p { margin: 0; max-width: 72ch; text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
a:hover { color: var(--accent-hover); text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.mono, del, ins, dd, .asked { overflow-wrap: anywhere; }
code, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: 0.875em; }
code { background: var(--sunken); border-radius: 4px; padding: 0.1em 0.35em; }
svg { width: 1em; height: 1em; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  stroke-linejoin: round; }
time { white-space: nowrap; }
.soft { color: var(--soft); }
.small { font-size: 0.875rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 1; padding: 0.6rem 1rem; background: var(--surface);
  color: var(--text); border-radius: 0 0 8px 8px; }
.skip:focus { top: 0; }`;

const frame = html`
.top { background: var(--surface); border-bottom: 1px solid var(--line); }
.top > div, main, .foot { width: 100%; max-width: 68rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2rem); }
.top > div { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.75rem; min-height: 3.5rem; }
.brand { display: inline-flex; align-items: center; gap: 0.5rem; padding-block: 0.75rem; color: var(--text);
  font-weight: 700; letter-spacing: -0.015em; text-decoration: none; }
.brand svg { width: 1.35em; height: 1.35em; color: var(--accent); }
.top nav ul { display: flex; flex-wrap: wrap; gap: 0 0.25rem; margin: 0; padding: 0; list-style: none; }
.top nav a { display: block; padding: 0.95rem 0.7rem 0.8rem; border-bottom: 3px solid transparent; color: var(--soft);
  text-decoration: none; font-weight: 550; }
.top nav a:hover { color: var(--text); border-color: var(--line); }
.top nav a[aria-current] { color: var(--text); border-color: var(--accent); }
.user { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; margin-left: auto; padding-block: 0.5rem;
  font-size: 0.875rem; color: var(--soft); }
.user strong { color: var(--text); font-weight: 600; }
main { flex: 1; display: flex; flex-direction: column; gap: 1.5rem; padding-block: 2rem 3.5rem; }
main.narrow { max-width: 44rem; }
.head { display: flex; flex-direction: column; gap: 0.4rem; }
.foot { padding-block: 1rem 1.5rem; color: var(--soft); font-size: 0.8125rem; }
@media (max-width: 70rem) { .user .roles { display: none; } }
@media (max-width: 40rem) {
  .top > div { gap: 0 1rem; }
  .user { flex-wrap: nowrap; min-width: 0; }
  .user svg { display: none; }
  .user strong { display: block; max-width: 46vw; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .top nav { order: 3; width: 100%; margin-inline: -0.7rem; }
  .top nav a { padding: 0.5rem 0.7rem 0.6rem; }
  main { padding-block: 1.25rem 2.5rem; gap: 1.25rem; }
  h1 { font-size: 1.4rem; }
}
@media (prefers-reduced-motion: no-preference) {
  a, .button { transition: background-color 120ms ease, border-color 120ms ease, color 120ms ease; }
}
@media print { .top nav, .user, .foot, form { display: none; } body { background: none; } }`;

const parts = html`
.stack { display: flex; flex-direction: column; gap: 1rem; }
.card { display: flex; flex-direction: column; gap: 1rem; background: var(--surface); border: 1px solid var(--line);
  border-radius: 12px; padding: clamp(1rem, 3vw, 1.5rem); box-shadow: var(--shadow); }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; }
.row.apart { justify-content: space-between; align-items: flex-start; }
.pill { display: inline-flex; align-items: center; gap: 0.35em; padding: 0.15rem 0.6rem; border-radius: 99px;
  font-size: 0.8125rem; font-weight: 600; white-space: nowrap; color: var(--calm); background: var(--calm-ground); }
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.warn { color: var(--warn); background: var(--warn-ground); }
.notice { display: flex; gap: 0.75rem; padding: 0.9rem 1.1rem; border-radius: 10px; border-left: 4px solid currentColor;
  color: var(--calm); background: var(--calm-ground); }
.notice.good { color: var(--good); background: var(--good-ground); }
.notice.bad { color: var(--bad); background: var(--bad-ground); }
.notice.warn { color: var(--warn); background: var(--warn-ground); }
.notice > svg { margin-top: 0.25em; width: 1.15em; height: 1.15em; }
.notice > div { display: flex; flex-direction: column; gap: 0.35rem; color: var(--text); }
.notice ul { margin: 0; padding-left: 1.1rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); gap: 0.9rem 1.5rem; margin: 0; }
.facts dt { color: var(--soft); font-size: 0.8125rem; }
.facts dd { margin: 0; }
.terms { white-space: pre-line; }
.facts dd time + .small, tbody td time + .small { display: block; }
.facts .span { grid-column: span 2; }
.asked { margin: 0; padding: 0; list-style: none; }
.chips { display: flex; flex-wrap: wrap; gap: 0.3rem; margin: 0; padding: 0; list-style: none; }
.chips li { padding: 0.05rem 0.5rem; border: 1px solid var(--line); border-radius: 6px; background: var(--sunken);
  font-size: 0.875rem; }
.plain { margin: 0; padding: 0; list-style: none; }
.filter ul { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0; padding: 0; list-style: none; }
.filter a { display: block; padding: 0.25rem 0.8rem; border: 1px solid var(--line); border-radius: 99px;
  background: var(--surface); color: var(--text); text-decoration: none; font-size: 0.875rem; }
.filter a[aria-current] { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.empty { display: flex; flex-direction: column; align-items: center; gap: 0.5rem; padding: 3rem 1rem; text-align: center;
  border: 1px dashed var(--edge); border-radius: 12px; color: var(--soft); }
.empty svg { width: 2.25rem; height: 2.25rem; stroke-width: 1.5; }
.empty h2 { color: var(--text); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 0.75rem; margin: 0; padding: 0;
  list-style: none; }
.tiles li { padding: 0.7rem 0.9rem; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.tiles strong { display: block; font-size: 1.35rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--soft); font-size: 0.8125rem; }
.story { margin: 0; padding: 0; list-style: none; }
.story li { position: relative; padding: 0 0 1.1rem 1.75rem; }
.story li::before { content: ""; position: absolute; left: 0.3rem; top: 0.45rem; width: 0.7rem; height: 0.7rem;
  border: 2px solid var(--accent); border-radius: 99px; background: var(--surface); }
.story li:not(:last-child)::after { content: ""; position: absolute; left: 0.6rem; top: 1.3rem; bottom: -0.25rem;
  width: 2px; background: var(--line); }
.story .ahead::before { border-style: dotted; border-color: var(--edge); }
.story .ahead { color: var(--soft); }
.story li:last-child { padding-bottom: 0; }
summary { cursor: pointer; padding-block: 0.25rem; font-weight: 600; }
summary .pill { font-variant-numeric: tabular-nums; }
details > *:not(summary) { margin-top: 0.75rem; }
@media (max-width: 40rem) {
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem 1rem; }
  .facts dd time + .small { font-size: 0.8125rem; letter-spacing: -0.01em; }
  .pill { white-space: normal; }
  .notice { padding: 0.75rem 0.9rem; }
}`;

const forms = html`
form { margin: 0; }
.field { display: flex; flex-direction: column; gap: 0.3rem; }
.field label, .check { font-weight: 600; }
.field textarea, .field input { width: 100%; padding: 0.6rem 0.75rem; border: 1px solid var(--edge); border-radius: 8px;
  background: var(--surface); color: var(--text); font: inherit; }
.field textarea { min-height: 5rem; resize: vertical; }
.check { display: flex; gap: 0.6rem; align-items: flex-start; }
.check input { width: 1.15rem; height: 1.15rem; margin: 0.2rem 0 0; accent-color: var(--accent); flex: none; }
fieldset { margin: 0; padding: 0; border: 0; }
legend { padding: 0; font-weight: 600; }
.button { display: inline-flex; align-items: center; justify-content: center; gap: 0.5rem; min-height: 2.75rem;
  padding: 0.5rem 1.15rem; border: 1px solid var(--accent); border-radius: 8px; background: var(--accent);
  color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.button:hover { background: var(--accent-hover); border-color: var(--accent-hover); color: var(--on-accent); }
.button.quiet { background: transparent; border-color: var(--edge); color: var(--text); }
.button.quiet:hover { background: var(--sunken); }
.button.refuse { background: transparent; border-color: var(--bad); color: var(--bad); }
.button.refuse:hover { background: var(--bad-ground); }
.link { padding: 0.25rem; border: 0; background: none; color: var(--accent); font: inherit; text-decoration: underline;
  text-underline-offset: 0.18em; cursor: pointer; }
@media (max-width: 40rem) { .actions .button { flex: 1 1 9rem; } }`;

const tables = html`
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 12px; background: var(--surface);
  box-shadow: var(--shadow); }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
caption { padding: 0.9rem 1rem 0.4rem; text-align: left; font-weight: 650; }
th, td { padding: 0.65rem 1rem; text-align: left; vertical-align: top; }
thead th { vertical-align: bottom; color: var(--soft); font-size: 0.8125rem; font-weight: 600; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody th .soft { font-weight: 400; }
th code, td code { white-space: nowrap; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
del, ins { border-radius: 4px; padding: 0.05em 0.3em; text-decoration-thickness: 1px; }
del { color: var(--bad); background: var(--bad-ground); }
ins { color: var(--good); background: var(--good-ground); text-decoration: none; }
.diff { display: grid; gap: 0.2rem; margin: 0; padding: 0; list-style: none; }
@media (max-width: 46rem) {
  .wide { border: 0; border-radius: 0; background: none; box-shadow: none; overflow: visible; }
  table, caption, tbody, tr, td, tbody th { display: block; width: 100%; }
  caption { padding-inline: 0; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { margin-bottom: 0.75rem; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 12px;
    background: var(--surface); box-shadow: var(--shadow); }
  tbody tr > *, tbody tr + tr > * { padding: 0.2rem 0; border: 0; }
  td.blank { display: none; }
  td[data-label] { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: 0.5rem; }
  td[data-label]::before { content: attr(data-label); color: var(--soft); font-size: 0.8125rem; padding-top: 0.1rem; }
  td.number { text-align: left; }
}`;

/** The style sheet. It stands in each page, so that a page is complete by itself; the policy names it by its hash. */
export const style: Html = html`${[colours, ground, frame, parts, forms, tables]}`;
