// What the steps of one look share: the subscription as it was read, its record, and how a record is written.

import type { AuditEntry } from "../core/audit-chain.ts";
import type { Subscription } from "../core/directory.ts";
import type { RequestRecord, RequestVia } from "../core/request.ts";
import type { About, NoticeText } from "../core/request-notices.ts";
import { createdAtOf } from "../core/request-view.ts";
import type { Log, Tagged } from "../ports.ts";
import type { Notice, RequestMessage, Versioned } from "../request-ports.ts";
import type { ApprovalTarget, ApprovalWorld } from "./approval-world.ts";
import { type GatheredFacts, gatherFacts } from "./request-facts.ts";

export type Look = {
  readonly message: RequestMessage;
  readonly target: ApprovalTarget;
  readonly world: ApprovalWorld;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Decisions that this look writes, and what it tells people, by id, with the record that it claimed them in. `mine`: its
   * PATCH or its claim is the only one. `takenOver`: one that failed may have recorded it. */
  readonly own: Map<
    string,
    { readonly as: "claimed" | "mine" | "takenOver" | "recorded"; readonly record: Versioned<RequestRecord> }
  >;
};

/** The record was read before the subscription. */
export type Seen = {
  readonly record: Versioned<RequestRecord> | undefined;
  readonly subscription: Tagged<Subscription> | undefined;
  readonly gathered?: GatheredFacts;
};

/** Seen where both are there. */
export type SeenBoth = {
  readonly record: Versioned<RequestRecord>;
  readonly subscription: Tagged<Subscription>;
  readonly gathered?: GatheredFacts;
};

/** `again`: read everything again and go on. `done`: the look is over. */
export type Stepped = "again" | "done";

const knownVias: readonly RequestVia[] = ["event", "sweep", "delegation", "cli", "page"];

/** Only these words stand in records, whatever a message says. */
export function viaOf({ via }: RequestMessage): RequestVia {
  return knownVias.find((known) => known === via) ?? "event";
}

/** Writes the record. A failure that it held is history with it. False: somebody wrote meanwhile. */
export async function put(
  request: RequestRecord,
  version: string | undefined,
  { world, signal }: Look,
): Promise<boolean> {
  const { error: _, ...rest } = request;
  return world.requests.putRequest({ ...rest, updatedAt: world.clock.now() }, version, signal);
}

/** Writes the record, and gives it with its version where nobody has written since: the step goes on with what it has
 * read. Undefined: read everything again. */
export async function putAndKeep(
  request: RequestRecord,
  version: string | undefined,
  look: Look,
): Promise<Versioned<RequestRecord> | undefined> {
  if (!(await put(request, version, look))) return undefined;
  const { world, target, message, signal } = look;
  const written = await world.requests.getRequest(target.name, message.subscription, signal);
  const { status, question, answer } = request;
  const isOurs =
    written?.value.status === status &&
    written.value.answer?.at === answer?.at &&
    written.value.question?.approvers[0]?.nonce === question?.approvers[0]?.nonce &&
    written.value.round === request.round;
  return isOurs ? written : undefined;
}

/** The record of a request that begins now. */
export function newRecord(
  { value }: Tagged<Subscription>,
  round: number,
  worker: string | undefined,
  { message, target, world }: Look,
): RequestRecord {
  const now = world.clock.now();
  const createdAt = createdAtOf(value);
  return {
    target: target.name,
    subscription: message.subscription,
    round,
    status: "new",
    via: viaOf(message),
    ...(value.productId !== undefined && { productId: value.productId }),
    ...(value.ownerId !== undefined && { ownerId: value.ownerId }),
    ...(worker !== undefined && { worker }),
    ...(createdAt !== undefined && { createdAt }),
    firstSeenAt: now,
    updatedAt: now,
  };
}

/** The facts, read once in a step. @throws as `gatherFacts` */
export async function factsOf(
  seen: Pick<SeenBoth, "subscription" | "gathered">,
  { target, world, signal }: Look,
): Promise<GatheredFacts> {
  const { apim, policy, owner, name } = target;
  const { roster, clock } = world;
  const facts = { apim, roster, policy, clock, owner, target: name };
  return seen.gathered ?? (await gatherFacts(seen.subscription.value, facts, signal));
}

export function aboutOf({ value }: Tagged<Subscription>, { product, known, user }: GatheredFacts): About {
  return {
    product: product?.displayName || (value.productId ?? ""),
    name: value.displayName,
    person: known?.entry.person,
    account: user?.email,
  };
}

/** Appends to the audit. @throws STORE_UNAVAILABLE */
export async function audit(
  request: RequestRecord,
  entry: Pick<AuditEntry, "id" | "action" | "by" | "text">,
  { world, signal }: Look,
): Promise<void> {
  const { target, subscription, ownerId, productId, facts } = request;
  await world.audit.append(
    {
      at: world.clock.now(),
      target,
      subscription,
      ...(ownerId !== undefined && { user: ownerId }),
      ...(productId !== undefined && { product: productId }),
      ...(facts !== undefined && { facts }),
      ...entry,
    },
    signal,
  );
}

/** Tells people something that they can do without: a way out that is down does not hold up the request. */
export async function tell(
  kind: Notice["kind"],
  to: readonly string[],
  text: NoticeText & Pick<Notice, "only">,
  { world, log, signal }: Pick<Look, "world" | "log" | "signal">,
): Promise<void> {
  const { failed } = await world.notifier.send({ kind, to, ...text }, signal);
  for (const { way, error } of failed) log.warn("request.notice.unsent", { kind, way, code: error.code });
}
