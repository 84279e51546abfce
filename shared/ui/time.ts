// Instants as people read them: how long ago or ahead, and exactly, in UTC.
import { type Html, html } from "./html.ts";

const exact = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const relative = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });

const units = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** "in 9 days", "2 hours ago", "just now". */
export function distance(at: number, now: number): string {
  const ms = at - now;
  const unit = units.find(([, length]) => Math.abs(ms) >= length);
  return unit === undefined ? "just now" : relative.format(Math.trunc(ms / unit[1]), unit[0]);
}

/** "3 May 2026, 10:15 UTC". */
export function exactTime(at: number): string {
  return `${exact.format(at)} UTC`;
}

/** The distance first, the exact time beside it. Instants are epoch milliseconds. */
export function time(at: number, now: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${distance(at, now)}</time> <span class="soft small">${exactTime(at)}</span>`;
}

/** "45 s", "12 min", "3.5 h". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
