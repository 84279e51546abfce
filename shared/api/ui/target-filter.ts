// A choice between the services, where there are several.
import { type Html, html } from "../../ui/html.ts";
import type { SignedIn } from "./visit.ts";

/** Links to the same list for each target. `path` makes the address of the list. */
export async function targetFilter(
  { call, world, signal }: SignedIn,
  path: (filter: { readonly target?: string }) => string,
): Promise<Html | undefined> {
  const names = await world.targets(signal);
  const chosen = call.query.get("target") || undefined;
  if (names.length < 2) return undefined;
  const links = [undefined, ...names].map((target) => {
    const current = target === chosen && html` aria-current="true"`;
    return html`<li><a href="${path(target === undefined ? {} : { target })}"${current}>${target ?? "All services"}</a></li>`;
  });
  return html`<nav aria-label="Services" class="filter"><ul>${links}</ul></nav>`;
}
