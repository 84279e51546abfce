// `rollcall requests [--open] [ID]`: requests for subscriptions, or one of them. `rollcall requests retry ID` takes one up
// again that failed.
import type { App } from "../../shared/app.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { RequestRecord, RequestStatus } from "../../shared/core/request.ts";
import { type Command, type Context, exitCodes } from "../command.ts";
import { renderRequest, renderRequests } from "../render-requests.ts";
import { chooseTarget } from "./open-target.ts";

const openStatuses: readonly RequestStatus[] = ["new", "asked", "decided", "failed"];

async function findRequest(id: string, { openApp, options, signal }: Context): Promise<RequestRecord> {
  const app = await openApp();
  const target = await chooseTarget(app, options.target, signal);
  const found = await (await app.requests()).getRequest(target, id, signal);
  if (found !== undefined) return found.value;
  throw new AppError(
    "CONFIG_INVALID",
    `Cannot find a request for the subscription "${id}" of "${target}": there is none, expected an id that "rollcall requests" lists`,
  );
}

async function one(id: string, context: Context): Promise<number> {
  const request = await findRequest(id, context);
  const { terminal, options, openApp } = context;
  const now = (await openApp()).clock.now();
  if (options.json) terminal.print(JSON.stringify(request, undefined, 2));
  else for (const line of renderRequest(request, now)) terminal.print(line);
  return exitCodes.done;
}

/** @throws CONFIG_INVALID for a subscription that there is nothing to look at of, as nobody would learn later */
async function refuseUnknown(id: string, target: string, app: App, { log, signal }: Context): Promise<void> {
  const approvals = await app.approvalTarget(target, log(app), signal);
  if (approvals === undefined)
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot retry the subscription "${id}" of "${target}": the rules have no approvals, so nothing is decided`,
    );
  if ((await (await app.requests()).getRequest(target, id, signal)) !== undefined) return;
  if ((await approvals.apim.getSubscription(id, signal)) !== undefined) return;
  throw new AppError(
    "CONFIG_INVALID",
    `Cannot retry the subscription "${id}" of "${target}": there is none, expected an id that "rollcall requests" or API Management lists`,
  );
}

/** Also for one that did not fail: somebody who is in doubt may always have it looked at. */
async function retry(id: string | undefined, context: Context): Promise<number> {
  const { openApp, options, terminal, signal } = context;
  if (id === undefined)
    throw new AppError(
      "CONFIG_INVALID",
      'Cannot retry: expected "rollcall requests retry ID" with a subscription\'s id',
    );
  const app = await openApp();
  const target = await chooseTarget(app, options.target, signal);
  await refuseUnknown(id, target, app, context);
  const queue = await app.requestQueue();
  const taken = await queue.takeUpPoison({ subscription: id }, signal);
  await queue.send({ target, subscription: id, via: "cli" }, {}, signal);
  terminal.print(
    options.json
      ? JSON.stringify({ target, subscription: id, queued: true, takenFromPoison: taken })
      : `The subscription "${id}" is looked at again${taken > 0 ? `; ${taken} given-up messages were taken up` : ""}; "rollcall requests ${id}" shows what became of it`,
  );
  return exitCodes.done;
}

export const requests: Command = async (context) => {
  const { openApp, options, terminal, signal } = context;
  const [first, second] = options.operands;
  if (first === "retry") return retry(second, context);
  if (first !== undefined) return one(first, context);
  const app = await openApp();
  const query = {
    ...(options.target !== undefined && { target: options.target }),
    ...(options.open && { status: openStatuses }),
    limit: options.limit,
  };
  const found = await (await app.requests()).listRequests(query, signal);
  // A target that the rules have no more may have had requests.
  if (found.length === 0 && options.target !== undefined) await chooseTarget(app, options.target, signal);
  if (options.json) terminal.print(JSON.stringify({ requests: found }, undefined, 2));
  else if (found.length === 0) terminal.print(options.open ? "No open requests" : "No requests yet");
  else for (const line of renderRequests(found, app.clock.now())) terminal.print(line);
  return exitCodes.done;
};
