// The target of a name for answering requests: its client, the compiled rules, what they say of leavers' keys.
import type { OpenedRules } from "../config/open-rules.ts";
import type { TargetRules } from "../config/rules.ts";
import type { RequestPolicy } from "../core/decision.ts";
import { onceForEach } from "../core/once.ts";
import type { ApprovalTarget } from "../flows/approval-world.ts";
import type { Apim, Log } from "../ports.ts";

export type OpenApprovalTarget = (name: string, log: Log, signal: AbortSignal) => Promise<ApprovalTarget | undefined>;

/** Compiles the rules once for each target for as long as they are the same. */
export function createApprovalTargets(
  rules: (signal: AbortSignal) => Promise<OpenedRules>,
  openClient: (target: TargetRules, log: Log) => Promise<Apim>,
): OpenApprovalTarget {
  const policies = new WeakMap<OpenedRules, (name: string) => Promise<RequestPolicy | undefined>>();
  return async (name, log, signal) => {
    const opened = await rules(signal);
    const { targetNamed } = await import("../config/policy.ts");
    const target = targetNamed(opened.rules, name);
    // The rules may stay the same for months, so a failure must not be kept with them.
    const compile = policies.get(opened) ?? onceForEach(opened.requestPolicy);
    policies.set(opened, compile);
    const policy = await compile(name);
    if (policy === undefined) return undefined;
    const { subscriptions, warnDaysBefore, regenerateAfterDays } = opened.rules.lifecycle.leaver;
    return {
      name,
      owner: opened.rules.owner,
      apim: await openClient(target, log),
      policy,
      protect: [...opened.rules.protect, ...target.protect],
      leaver: {
        handsOver: typeof subscriptions !== "string",
        ...(warnDaysBefore !== undefined && { warnDaysBefore }),
        ...(regenerateAfterDays !== undefined && { regenerateAfterDays }),
      },
    };
  };
}
