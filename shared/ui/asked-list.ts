// Who was asked, and whom no mail reaches.
import type { Asked } from "../core/request.ts";
import { type Html, html, outside } from "./html.ts";
import { roleWords } from "./words.ts";

/** One line for each of them. */
export function askedList(approvers: readonly Asked[]): Html {
  const lines = approvers.map(({ address, role, refusedAt }) => {
    const refused = refusedAt === undefined ? "" : ", could not be told: the mail server refuses the address";
    return html`<li>${outside(address)} <span class="soft small">${roleWords[role]}${refused}</span></li>`;
  });
  return html`<ul class="asked">${lines}</ul>`;
}
