// The local stack's choice of who to be.
import { type Principal, roles } from "../core/principal.ts";
import { type Html, html } from "./html.ts";
import { form } from "./parts.ts";

export type SignInForm = {
  readonly action: string;
  /** A new token for each form. */
  readonly token: () => string;
  /** Where the sign-in leads. */
  readonly to: string;
};

function asPerson({ address = "", objectId = "", roles: held }: Principal, { action, token, to }: SignInForm): Html {
  const fields = html`<input type="hidden" name="to" value="${to}"><input type="hidden" name="address" value="${address}">
<input type="hidden" name="objectId" value="${objectId}">${held.map((role) => html`<input type="hidden" name="role" value="${role}">`)}
<div class="row apart"><div><strong>${address}</strong><div class="soft small">${held.length === 0 ? "no role" : held.join(", ")}</div></div>
<button class="button quiet">Sign in<span class="hidden"> as ${address}</span></button></div>`;
  return html`<li class="card">${form(action, token(), fields)}</li>`;
}

/** A form for each person, and one for anybody. */
export function signInForms(people: readonly Principal[], signIn: SignInForm): Html {
  const boxes = roles.map(
    (role) => html`<label class="check"><input type="checkbox" name="role" value="${role}"> ${role}</label>`,
  );
  const anybody = html`<input type="hidden" name="to" value="${signIn.to}">
<div class="field"><label for="address">Address</label><input id="address" name="address" type="email" required autocomplete="off" spellcheck="false"></div>
<div class="field"><label for="object-id">Object id in Microsoft Entra ID <span class="soft">(optional)</span></label><input id="object-id" name="objectId" autocomplete="off" spellcheck="false"></div>
<fieldset class="stack"><legend>Roles</legend><div class="row">${boxes}</div></fieldset>
<div class="row"><button class="button">Sign in</button></div>`;
  const out = html`<input type="hidden" name="out" value="yes"><div class="row"><button class="button quiet">Sign out</button></div>`;
  return html`<ul class="stack plain">${people.map((person) => asPerson(person, signIn))}</ul>
<section class="card" aria-labelledby="anybody"><h2 id="anybody">Anybody else</h2>${form(signIn.action, signIn.token(), anybody)}</section>
${form(signIn.action, signIn.token(), out)}`;
}
