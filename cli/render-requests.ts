// Requests for subscriptions as a person reads them: a table of many, the story of one.

import { printable } from "../shared/core/printable.ts";
import { isAskedOfNobody } from "../shared/core/question.ts";
import type { Asked, RequestRecord } from "../shared/core/request.ts";
import { whoDecided } from "../shared/core/state-comment.ts";

const minuteMs = 60_000;
const longestCell = 36;

function cell(text: string): string {
  const clean = printable(text);
  return clean.length > longestCell ? `${clean.slice(0, longestCell - 1)}…` : clean;
}

/** `5 min`, `3 h`, `12 d`. */
export function spanText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / minuteMs));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** Where the request stands, in a few words. */
function standingOf({ status, answer, question, outcome, error, review, access }: RequestRecord, now: number): string {
  if (status === "failed") return `failed: ${error?.code ?? "unknown"}`;
  if (status === "asked" && question !== undefined) {
    const left = spanText(question.finalAt - now);
    return `${review === undefined ? "asked" : "in review"}, ${question.finalAnswer}s in ${left}`;
  }
  if (status === "closed") return outcome?.code ?? status;
  if (answer === undefined) return status;
  const until = access?.until === undefined ? "" : `, ends in ${spanText(access.until - now)}`;
  return `${answer.answer === "approve" ? "approved" : "rejected"}${status === "decided" ? ", not yet written" : until}`;
}

function byWhom({ answer, question, status }: RequestRecord): string {
  if (answer !== undefined) return answer.by ?? (answer.rule === "final" ? "nobody in time" : `rule ${answer.rule}`);
  return status === "asked" ? (question?.approvers.map(({ address }) => address).join(", ") ?? "") : "";
}

/** A table with a head, columns as wide as they have to be. */
export function renderRequests(requests: readonly RequestRecord[], now: number): readonly string[] {
  const rows = requests.map((request) => [
    cell(request.subscription),
    cell(request.productId ?? "-"),
    cell(request.ownerId ?? "-"),
    cell(standingOf(request, now)),
    cell(byWhom(request)),
    spanText(now - request.firstSeenAt),
  ]);
  const all = [["SUBSCRIPTION", "PRODUCT", "OWNER", "STANDING", "BY", "AGE"], ...rows];
  const widths = all.reduce<readonly number[]>(
    (before, row) => row.map((text, index) => Math.max(before[index] ?? 0, text.length)),
    [],
  );
  return all.map((row) =>
    row
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function instant(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

function askedText({ address, role, sentAt, refusedAt }: Asked): string {
  const told = sentAt === 0 ? "not told yet" : `told ${instant(sentAt)}`;
  const refused = refusedAt === undefined ? told : `refused by the mail server ${instant(refusedAt)}`;
  return `${address} (${role}), ${refused}`;
}

/** One request, a line for each thing that is known. */
export function renderRequest(request: RequestRecord, now: number): readonly string[] {
  const { answer, question, outcome, access, error } = request;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["subscription", request.subscription],
    ["product", request.productId],
    ["owner", request.ownerId],
    ["worker", request.worker],
    ["standing", standingOf(request, now)],
    ["round", `${request.round}, by ${request.via}, ${instant(request.firstSeenAt)}`],
    ["asked", question !== undefined && isAskedOfNobody(question) ? "nobody could be asked yet" : undefined],
    ...(question?.approvers.map((asked) => ["asked", askedText(asked)] as const) ?? []),
    [
      "without answer",
      question && answer === undefined ? `${question.finalAnswer} on ${instant(question.finalAt)}` : undefined,
    ],
    ["answer", answer && `${answer.answer} ${whoDecided(answer)}, ${instant(answer.at)}`],
    ["by", answer?.by],
    ["comment", answer?.comment],
    ["outcome", outcome && `${outcome.code}: ${outcome.text}`],
    ["access until", access?.until === undefined ? undefined : instant(access.until)],
    ["failure", error && `${error.code}: ${error.message}, ${instant(error.at)}`],
  ];
  return lines.flatMap(([name, text]) => (text === undefined ? [] : [`${name.padEnd(15)} ${printable(text)}`]));
}
