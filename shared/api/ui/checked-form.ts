// The fields of a form that came in, after the guard has looked at it.
import { paths } from "../../ui/paths.ts";
import type { UiAnswer } from "./ui-world.ts";
import { seeOther, type Visit } from "./visit.ts";

export type CheckedForm =
  | { readonly ok: true; readonly fields: URLSearchParams }
  | { readonly ok: false; readonly answer: UiAnswer };

/** Characters of a form; the comment is the longest field, and each of its characters may take twelve. */
const longestBody = 20_000;

/** `form` is the name under which its token was issued, `twice` where the second of two submits leads. */
export async function checkedForm(form: string, twice: string, visit: Visit): Promise<CheckedForm> {
  const { call, forms, signal, message } = visit;
  const refuse = (answer: UiAnswer): CheckedForm => ({ ok: false, answer });
  const type = call.header("content-type") ?? "";
  const body = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type) ? await call.body() : undefined;
  if (body === undefined || body.length > longestBody)
    return refuse(message(400, "Not a form of this page", { tone: "bad", text: "Nothing was changed." }));
  const fields = new URLSearchParams(body);
  switch (await forms.check(form, fields.get("form") ?? "", call.header, signal)) {
    case "ok":
      return { ok: true, fields };
    case "used":
      return refuse(seeOther(twice));
    case "foreign":
      return refuse(
        message(403, "Sent from another page", {
          tone: "bad",
          text: "Another site sent this form, or the browser does not say which one did. Nothing was changed.",
          action: { text: "Open requests", href: paths.open() },
        }),
      );
    case "stale":
      return refuse(
        message(403, "The page was too old", {
          tone: "warn",
          text: "The form lay open too long, was made for somebody else, or things have moved on since. Nothing was changed: open the page again and look.",
          action: { text: "Open requests", href: paths.open() },
        }),
      );
  }
}
