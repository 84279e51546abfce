// One client of API Management for each target, kept until the rules say something else about the target.
import type { ApimClient } from "../apim/client.ts";
import type { TargetRules } from "../config/rules.ts";
import type { Target } from "../flows/make-plan.ts";
import { createRetryBudget } from "../http/retry-budget.ts";
import type { Apim, Log, Secrets } from "../ports.ts";
import type { Parts } from "./app-parts.ts";

type ApimClients = {
  /** The port that everything but runs shares, its retry budget too: many small pieces of work are one load for the
   * service. @throws CONFIG_INVALID */
  shared(target: TargetRules, log: Log): Promise<Apim>;
  /** A port for one slice of a run, and its retries: those of a new run, until it is told how many this one has left.
   * @throws CONFIG_INVALID */
  ofRun(target: TargetRules, log: Log): Promise<Pick<Target, "apim" | "retries">>;
};

type Known = { readonly rules: string; readonly client: ApimClient; readonly shared: Apim };

/** Nothing is loaded before the first target is opened. */
export function createApimClients({ clock, identity }: Parts, secrets: () => Promise<Secrets>): ApimClients {
  // By the target's name: what the rules said before is not kept. Work under way goes on with the client that it has.
  const known = new Map<string, Known>();
  const find = (name: string, rules: string): Known | undefined => {
    const found = known.get(name);
    return found?.rules === rules ? found : undefined;
  };

  const open = async (target: TargetRules, log: Log): Promise<Known> => {
    const rules = JSON.stringify(target);
    const before = find(target.name, rules);
    if (before !== undefined) return before;
    const [{ openDoor }, { createNodeFetchTransport }, vault] = await Promise.all([
      import("../apim/open-door.ts"),
      import("../http/node-fetch-transport.ts"),
      // The arm door needs no secret, so an app without a vault can use it.
      target.door === "direct"
        ? secrets()
        : Promise.resolve({ get: () => Promise.reject(new Error("No secret is needed")) }),
    ]);
    const meanwhile = find(target.name, rules);
    if (meanwhile !== undefined) return meanwhile;
    const transport = createNodeFetchTransport();
    const client = openDoor(target, { clock, log, random: Math.random, secrets: vault, identity, transport });
    const made = { rules, client, shared: client.open() };
    known.set(target.name, made);
    return made;
  };

  return {
    shared: async (target, log) => (await open(target, log)).shared,
    async ofRun(target, log) {
      const { client } = await open(target, log);
      const retries = createRetryBudget();
      return { apim: client.open(retries), retries };
    },
  };
}
