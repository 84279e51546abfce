// What the policy would say about a request, rule by rule. Decides on the same facts as the real thing; writes nothing.
import type { Decision } from "../core/decision.ts";
import type { Subscription } from "../core/directory.ts";
import { AppError } from "../core/errors.ts";
import { workerKey } from "../core/person.ts";
import { isProtectedUser } from "../core/protect.ts";
import { neverDecided, obstacle } from "../core/request-view.ts";
import { userId } from "../core/user-id.ts";
import type { Apim } from "../ports.ts";
import type { KnownWorker } from "../request-ports.ts";
import { type FactsWorld, type GatheredFacts, gatherFacts } from "./request-facts.ts";

export type ExplainWorld = FactsWorld & {
  readonly apim: FactsWorld["apim"] & Pick<Apim, "getSubscription">;
  /** Patterns of accounts that nothing is decided for. */
  readonly protect: readonly string[];
  /** Where an employee number without its space is looked for. */
  readonly numberSpaces: readonly string[];
};

export type Explained = GatheredFacts & {
  /** Undefined for a request that nobody has made. */
  readonly subscription?: Subscription;
  readonly productId: string;
  readonly decision: Decision;
  /** Sentences about why the decision would not be made or would not matter, as things are. */
  readonly notes: readonly string[];
};

const submittedOnly = "Nobody waits for an answer: the subscription is";

function notesOf(subscription: Subscription, { user, product }: GatheredFacts, protect: readonly string[]) {
  const never = neverDecided(subscription);
  const isProtected = user !== undefined && isProtectedUser(user, protect);
  const why = never ?? obstacle(subscription, { user, product, isProtected });
  return [
    ...(subscription.state === "submitted" ? [] : [`${submittedOnly} ${subscription.state}`]),
    ...(why === undefined ? [] : [why.text]),
    ...(product?.approvalRequired === false
      ? ["The product needs no approval: API Management lets people in by itself"]
      : []),
  ];
}

async function explain(subscription: Subscription, world: ExplainWorld, signal: AbortSignal): Promise<Explained> {
  const gathered = await gatherFacts(subscription, world, signal);
  return {
    ...gathered,
    productId: subscription.productId ?? "",
    decision: world.policy.decide(gathered.facts),
    notes: notesOf(subscription, gathered, world.protect),
  };
}

/** What the policy says about a subscription. @throws APIM_NOT_FOUND where there is none, and as `gatherFacts` */
export async function explainSubscription(id: string, world: ExplainWorld, signal: AbortSignal): Promise<Explained> {
  const read = await world.apim.getSubscription(id, signal);
  if (read === undefined)
    throw new AppError(
      "APIM_NOT_FOUND",
      `Cannot explain a decision: there is no subscription "${id}", expected its id`,
    );
  return { ...(await explain(read.value, world, signal)), subscription: read.value };
}

async function findWorker(requester: string, world: ExplainWorld, signal: AbortSignal): Promise<KnownWorker> {
  const { numberSpaces, roster, target } = world;
  const keys = requester.includes("/") ? [requester] : numberSpaces.map((space) => workerKey(space, requester));
  const found = await Promise.all(keys.map((key) => roster.findWorker(target, key, signal)));
  const known = found.filter((each) => each !== undefined);
  const [only] = known;
  if (only === undefined)
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot find the requester "${requester}" in HR's last answer: expected an employee number, or a worker's key such as employee/1042`,
    );
  if (known.length === 1) return only;
  const names = known.map(({ entry }) => entry.person.worker).join(", ");
  throw new AppError(
    "CONFIG_INVALID",
    `Cannot tell which requester is meant by "${requester}": expected one of ${names}`,
  );
}

/** What the policy would say if the worker asked for the product now.
 * @throws CONFIG_INVALID where HR names no such worker, and as `gatherFacts` */
export async function explainRequester(
  { requester, product }: { readonly requester: string; readonly product: string },
  world: ExplainWorld,
  signal: AbortSignal,
): Promise<Explained> {
  const { entry } = await findWorker(requester, world, signal);
  const { numberSpace, employeeNumber } = entry.person;
  const asked: Subscription = {
    id: "",
    displayName: "",
    ownerId: entry.userId ?? userId(world.owner, numberSpace, employeeNumber),
    scope: `/products/${product}`,
    productId: product,
    state: "submitted",
    stateComment: "",
  };
  return explain(asked, world, signal);
}
