// Small drawings beside words. They say nothing that the words do not, so readers of a screen reader do not meet them.
import { type Html, html } from "./html.ts";

const shapes = {
  good: html`<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
  bad: html`<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>`,
  warn: html`<path d="M12 4L2.8 20h18.4zM12 10v4.5M12 17.4v.1"/>`,
  calm: html`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>`,
  plus: html`<path d="M12 5.5v13M5.5 12h13"/>`,
  minus: html`<path d="M5.5 12h13"/>`,
  dot: html`<circle cx="12" cy="12" r="4.5"/>`,
  tray: html`<path d="M4 13.5L6.5 5h11L20 13.5V19H4zM4 13.5h5l1.5 2.5h3l1.5-2.5h5"/>`,
  person: html`<circle cx="12" cy="8" r="3.75"/><path d="M4.5 20c.9-4 4-5.5 7.5-5.5s6.6 1.5 7.5 5.5"/>`,
  roll: html`<path d="M7 3.5h10.5v17H6.500V4zM9.500 9.500l1.300 1.300 2.400-2.600M9.500 15.500l1.300 1.300 2.400-2.600M15.500 10h.1M15.500 16h.1"/>`,
} as const;

export type Icon = keyof typeof shapes;

/** The drawing, as large as the text beside it. */
export function icon(name: Icon): Html {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;
}
