// What Rollcall writes into a subscription's `stateComment`: one readable line with the decision and the rule, for the
// developer and for whoever opens the portal. No facts of HR, no names of people. A mark in the comment is kept.
import { Temporal } from "temporal-polyfill";
import { foldName } from "./fold.ts";
import { parseMark, writeMark } from "./mark.ts";
import type { Answer } from "./request.ts";

const longestLine = 400;

function instantText(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: "second" });
}

/** Who or what decided, for a sentence. Never a person's name: the text goes to the developer. */
export function whoDecided({ rule }: Pick<Answer, "rule">): string {
  if (rule === "person") return "by an approver";
  if (rule === "unapproved") return "because nobody had approved it";
  return rule === "final" ? "because nobody answered in time" : `by the rule "${rule}"`;
}

/** The line of an answer. The instant makes it one of a kind: who reads it back knows that this answer was written. */
export function answerLine(answer: Answer): string {
  const verb = answer.answer === "approve" ? "Approved" : "Rejected";
  const comment = answer.comment === undefined ? "" : `: ${answer.comment}`;
  return foldName(`${verb} ${whoDecided(answer)} (Rollcall, ${instantText(answer.at)})${comment}`, longestLine);
}

/** The line of access whose time is over. */
export function expiredLine(until: number): string {
  return `Access ended on ${instantText(until)} (Rollcall)`;
}

/** The comment with this line. `mark: "keep"` keeps a mark that says who suspended the subscription; everything else
 * that stood there was about the state before. */
export function commentWith(before: string, line: string, mark: "keep" | "drop"): string {
  const parsed = parseMark(before);
  return mark === "keep" && parsed.kind === "mark" ? writeMark(line, parsed.fields) : line;
}

/** Whether the comment holds the line. */
export function carriesLine(comment: string, line: string): boolean {
  return comment.split(/\r?\n/).includes(line);
}
