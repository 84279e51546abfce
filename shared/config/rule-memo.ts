// Answers of rules, remembered by the values that the rule reads: a thousand people of one department are one question.
// Rules that read the same fields share the look-up of a person's values, which pays when they are asked in a row.
import type { Person } from "../core/person.ts";
import type { PersonRule, RuleResult } from "../core/policy.ts";
import type { RuleReads } from "./expression-reads.ts";

/** A rule with the same answers, remembered. Without `reads` it is given back as it is. */
export type RuleMemo = (rule: PersonRule, reads: RuleReads | undefined) => PersonRule;

/** Distinct values that are kept for one set of fields. Beyond them it is not worth while: nothing is kept any more. */
const maxKept = 4_096;

/** Answers for the same values, by the number of the rule. */
type Answers = (RuleResult | undefined)[];

type FieldSet = {
  rules: number;
  /** Undefined once the values turned out to be too many. */
  answersFor(person: Person, today: string): Answers | undefined;
};

function createFieldSet({ fields, today: readsToday }: RuleReads): FieldSet {
  const kept = new Map<string, Answers>();
  let last: { readonly person: Person; readonly today: string; readonly answers: Answers | undefined } | undefined;
  let worthwhile = true;

  const alone = fields.length === 1 && !readsToday ? fields[0] : undefined;

  /** One value is its own key. With its length before each value, two lists of values never give one text. */
  function keyOf(person: Person, today: string): string {
    if (alone !== undefined) return person[alone] ?? "";
    let key = readsToday ? today : "";
    for (const field of fields) {
      const value = person[field] ?? "";
      key += `|${value.length}:${value}`;
    }
    return key;
  }

  function find(key: string): Answers | undefined {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= maxKept) {
      worthwhile = false;
      kept.clear();
      return undefined;
    }
    const made: Answers = [];
    kept.set(key, made);
    return made;
  }

  return {
    rules: 0,
    answersFor(person, today) {
      if (!worthwhile) return undefined;
      if (last?.person === person && last.today === today) return last.answers;
      last = { person, today, answers: find(keyOf(person, today)) };
      return last.answers;
    },
  };
}

/** A memo for the rules of one policy. What it remembers lives as long as the rules that it gave back. */
export function createRuleMemo(): RuleMemo {
  const sets = new Map<string, FieldSet>();

  function setOf(reads: RuleReads): FieldSet {
    const key = `${reads.today} ${reads.fields.join()}`;
    const known = sets.get(key);
    if (known !== undefined) return known;
    const made = createFieldSet(reads);
    sets.set(key, made);
    return made;
  }

  return (rule, reads) => {
    if (reads === undefined) return rule;
    const set = setOf(reads);
    const number = set.rules;
    set.rules += 1;
    return (person, today) => {
      const answers = set.answersFor(person, today);
      const known = answers?.[number];
      if (known !== undefined) return known;
      const answer = rule(person, today);
      if (answers !== undefined) answers[number] = answer;
      return answer;
    };
  };
}
