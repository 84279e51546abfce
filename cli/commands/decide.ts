// `rollcall decide`: what the rules say about a request, rule by rule, on the facts as they are. Decides nothing.
import { AppError } from "../../shared/core/errors.ts";
import {
  type Explained,
  type ExplainWorld,
  explainRequester,
  explainSubscription,
} from "../../shared/flows/explain-decision.ts";
import { readFreshRoster } from "../../shared/flows/fresh-roster.ts";
import type { Target } from "../../shared/flows/make-plan.ts";
import { type Command, type Context, exitCodes, type Options } from "../command.ts";
import { decisionJson, renderDecision } from "../render-decision.ts";
import { chooseTarget } from "./open-target.ts";

type Asked = (world: ExplainWorld, signal: AbortSignal) => Promise<Explained>;

function askedFor({ subscription, requester, product }: Options): Asked {
  if (subscription !== undefined && requester === undefined && product === undefined)
    return (world, signal) => explainSubscription(subscription, world, signal);
  if (subscription === undefined && requester !== undefined && product !== undefined)
    return (world, signal) => explainRequester({ requester, product }, world, signal);
  throw new AppError(
    "CONFIG_INVALID",
    "Cannot tell which decision is meant: expected --subscription ID, or --requester E with --product P",
  );
}

/** The spaces of the sources. Where rows name theirs, the usual one is tried. */
function numberSpacesOf({ sources }: Target): readonly string[] {
  return [...new Set(sources.flatMap(({ spaces }) => (spaces === "any" ? ["employee"] : spaces)))];
}

async function openWorld(context: Context) {
  const { options, signal } = context;
  const app = await context.openApp();
  const name = await chooseTarget(app, options.target, signal);
  const policy = await (await app.rules(signal)).requestPolicy(name);
  if (policy === undefined)
    throw new AppError(
      "CONFIG_INVALID",
      "Cannot explain a decision: the rules have no approvals, so nothing is decided",
    );
  const { openTarget, store } = await app.world(context.log(app));
  const target = await openTarget(name, undefined, signal);
  const { now = app.clock.now() } = options;
  const clock = { now: () => now };
  const { owner, protect } = target.policy;
  const roster = options.fresh
    ? await readFreshRoster({ clock, store, policy: target.policy, sources: target.sources }, signal)
    : await app.roster();
  const { apim } = target;
  return { apim, roster, policy, clock, owner, protect, target: name, numberSpaces: numberSpacesOf(target) };
}

export const decide: Command = async (context) => {
  const { options, terminal, signal } = context;
  const explain = askedFor(options);
  const world = await openWorld(context);
  const explained = await explain(world, signal);
  const shown = { ...explained, target: world.target, rules: world.policy.rulesOf(explained.productId) };
  if (options.json) terminal.print(JSON.stringify(decisionJson(shown), undefined, 2));
  else for (const line of renderDecision(shown)) terminal.print(line);
  return exitCodes.done;
};
