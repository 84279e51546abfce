// Loads an app as the worker does: every file that `main` names is imported, and what the library registers meanwhile is
// the app.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { loadWithCore } from "./core-module.ts";
import { findEntryFiles } from "./find-entry-files.ts";
import type { HostLog } from "./host-types.ts";
import type {
  BindingInfo,
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookName,
  LogLevel,
  ProgrammingModel,
} from "./worker-protocol.ts";

export type LoadedFunction = {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
  readonly trigger: { readonly bindingName: string; readonly binding: BindingInfo };
};

export type LoadedApp = {
  readonly model: ProgrammingModel;
  readonly functions: ReadonlyMap<string, LoadedFunction>;
  /** Calls the hooks of that name one after the other. */
  runHooks(name: HookName, context: Record<string, unknown>): Promise<void>;
  /** Calls the log hooks, which may change level and message, then logs. */
  log(level: LogLevel, message: string, fields: Readonly<Record<string, string>>): void;
};

const packageSchema = z.object({ main: z.string().min(1) });

/** Imports the app at `root`. Entry files are imported anew for every load; modules that they import are kept by Node, so
 * an app with state of its own wants one host per process. @throws when a file is missing or fails */
export async function loadApp(root: string, log: HostLog): Promise<LoadedApp> {
  const { main } = packageSchema.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  const files = await findEntryFiles(root, main);
  if (files.length === 0)
    throw new Error(
      `Cannot load the app in ${root}: no file matches "${main}", which "main" of package.json states; build it first`,
    );
  const functions = new Map<string, LoadedFunction>();
  const hooks: { readonly name: HookName; readonly callback: HookCallback }[] = [];

  function writeLog(level: LogLevel, message: string, fields: Readonly<Record<string, string>>): void {
    const context: Record<string, unknown> = { hookData: {}, level, message, category: fields.category ?? "user" };
    for (const { callback } of hooks.filter(({ name }) => name === "log")) callback(context);
    log[logMethod(String(context.level))]("function.log", { ...fields, message: String(context.message) });
  }

  const model = await loadWithCore(
    {
      registerFunction: (metadata, callback) => void functions.set(metadata.name, toLoadedFunction(metadata, callback)),
      registerHook(name, callback) {
        const hook = { name, callback };
        hooks.push(hook);
        return { dispose: () => void hooks.splice(hooks.indexOf(hook), 1) };
      },
      log: (level, category, message) => writeLog(level, message, { category }),
    },
    () => importAll(files),
  );
  if (model === undefined)
    throw new Error(
      `Cannot load the app in ${root}: its entry files did not register a function with @azure/functions`,
    );
  await model.getCapabilities?.({
    RawHttpBodyBytes: "true",
    RpcHttpBodyOnly: "true",
    UseNullableValueDictionaryForHttp: "true",
  });
  return {
    model,
    functions,
    async runHooks(name, context) {
      for (const hook of hooks.filter((one) => one.name === name)) await hook.callback(context);
    },
    log: writeLog,
  };
}

const loads = { count: 0 };

async function importAll(files: readonly string[]): Promise<void> {
  const query = loads.count === 0 ? "" : `?load=${loads.count}`;
  loads.count += 1;
  for (const file of files) await import(`${pathToFileURL(file).href}${query}`);
}

function toLoadedFunction(metadata: FunctionMetadata, callback: FunctionCallback): LoadedFunction {
  const trigger = Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type));
  if (trigger === undefined) throw new Error(`Cannot load function "${metadata.name}": it has no trigger`);
  if (metadata.retryOptions !== undefined) {
    throw new Error(
      `Cannot load function "${metadata.name}": this host does not imitate retry policies, expected none`,
    );
  }
  return { name: metadata.name, metadata, callback, trigger: { bindingName: trigger[0], binding: trigger[1] } };
}

function logMethod(level: string): "debug" | "info" | "warn" | "error" {
  if (level === "trace" || level === "debug") return "debug";
  if (level === "warning") return "warn";
  return level === "error" || level === "critical" ? "error" : "info";
}
