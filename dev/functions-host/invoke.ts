// One invocation, in the order of the real worker (azure-functions-nodejs-worker, InvocationHandler): arguments, hooks, the
// function, hooks, response; with the time limit of host.json.
import { randomBytes, randomUUID } from "node:crypto";
import type { HostClock, HostLog } from "./host-types.ts";
import { errorText, pause } from "./host-types.ts";
import type { LoadedApp, LoadedFunction } from "./load-app.ts";
import type { CoreInvocationContext, InvocationResponse, RpcData } from "./worker-protocol.ts";

export type InvocationInput = {
  /** What the trigger binding gets. */
  readonly data: RpcData;
  readonly triggerMetadata?: Readonly<Record<string, RpcData>>;
};

export type InvocationOutcome =
  | { readonly ok: true; readonly response: InvocationResponse }
  | { readonly ok: false; readonly error: unknown };

export type Invoker = {
  /** Never rejects: a function that throws or runs out of time is an outcome. */
  invoke(loaded: LoadedFunction, input: InvocationInput): Promise<InvocationOutcome>;
  running(): number;
  /** Resolves when nothing runs. */
  settled(): Promise<void>;
};

export type InvokerOptions = {
  readonly app: LoadedApp;
  readonly clock: HostClock;
  readonly log: HostLog;
  /** Milliseconds. */
  readonly functionTimeout: number | undefined;
  /** Sends what the function put into its output bindings; a failure of it fails the invocation, as on Azure. */
  readonly sendOutputs: (loaded: LoadedFunction, response: InvocationResponse) => Promise<void>;
};

export function createInvoker({ app, clock, log, functionTimeout, sendOutputs }: InvokerOptions): Invoker {
  const running = new Set<Promise<unknown>>();

  async function invoke(loaded: LoadedFunction, input: InvocationInput): Promise<InvocationOutcome> {
    const invocationId = randomUUID();
    const fields = { function: loaded.name, invocationId };
    const startedAt = clock.now();
    log.debug("function.started", fields);
    try {
      const response = await withinLimit(run(app, loaded, input, invocationId), loaded.name);
      await sendOutputs(loaded, response);
      log.debug("function.succeeded", { ...fields, ms: clock.now() - startedAt });
      return { ok: true, response };
    } catch (error) {
      log.error("function.failed", { ...fields, ms: clock.now() - startedAt, error: errorText(error) });
      return { ok: false, error };
    }
  }

  // Code in this process cannot be stopped, so its late result is dropped. The real host ends the whole worker process.
  async function withinLimit(invocation: Promise<InvocationResponse>, name: string): Promise<InvocationResponse> {
    if (functionTimeout === undefined) return invocation;
    const done = new AbortController();
    const timeout = pause(clock, functionTimeout, done.signal).then((elapsed) => {
      if (elapsed) throw new Error(`Timeout value of ${functionTimeout} ms exceeded by function "${name}"`);
      return invocation;
    });
    try {
      return await Promise.race([invocation, timeout]);
    } finally {
      done.abort();
    }
  }

  return {
    invoke(loaded, input) {
      const invocation = invoke(loaded, input).finally(() => running.delete(invocation));
      running.add(invocation);
      return invocation;
    },
    running: () => running.size,
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

async function run(
  app: LoadedApp,
  loaded: LoadedFunction,
  input: InvocationInput,
  invocationId: string,
): Promise<InvocationResponse> {
  const core = createCoreContext(app, loaded, input, invocationId);
  const model = await app.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  const hookData = {};

  const before = { hookData, appHookData: {}, invocationContext: context, inputs, functionCallback: loaded.callback };
  core.state = "preInvocationHooks";
  await app.runHooks("preInvocation", before);

  const after: Record<string, unknown> = {
    hookData,
    appHookData: {},
    invocationContext: context,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  core.state = "invocation";
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }

  core.state = "postInvocationHooks";
  await app.runHooks("postInvocation", after);
  core.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}

function createCoreContext(
  app: LoadedApp,
  loaded: LoadedFunction,
  input: InvocationInput,
  invocationId: string,
): CoreInvocationContext {
  return {
    invocationId,
    metadata: loaded.metadata,
    request: {
      invocationId,
      functionId: loaded.name,
      inputData: [{ name: loaded.trigger.bindingName, data: input.data }],
      triggerMetadata: input.triggerMetadata ?? {},
      traceContext: { traceParent: `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01` },
    },
    log: (level, category, message) => app.log(level, message, { category, function: loaded.name, invocationId }),
  };
}
