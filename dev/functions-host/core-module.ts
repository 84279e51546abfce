// The module `@azure/functions-core`, which the Functions runtime gives to `@azure/functions` and which is in no registry.
// Like the real worker (azure-functions-nodejs-worker, setupCoreModule) this answers `require` for that one name.
import Module from "node:module";
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookName,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from "./worker-protocol.ts";

/** Who gets what the library registers while an app is loaded. */
export type CoreRegistrar = {
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): void;
  registerHook(name: HookName, callback: HookCallback): { dispose(): void };
  log(level: LogLevel, category: LogCategory, message: string): void;
};

const workerVersion = "3.12.0";
const hostVersion = "4.1042.100.0";
const hookNames: readonly string[] = ["preInvocation", "postInvocation", "appStart", "appTerminate", "log"];

// The library keeps the module that it was given first and sets its model once, so these belong to the process.
const shared: { installed: boolean; registrar: CoreRegistrar | undefined; model: ProgrammingModel | undefined } = {
  installed: false,
  registrar: undefined,
  model: undefined,
};

const coreApi = {
  version: workerVersion,
  hostVersion,
  setProgrammingModel(model: ProgrammingModel): void {
    shared.model = model;
  },
  getProgrammingModel: (): ProgrammingModel | undefined => shared.model,
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): { dispose(): void } {
    if (shared.registrar === undefined) throw new Error("A function can only be registered during app startup.");
    shared.registrar.registerFunction(metadata, callback);
    return { dispose: () => undefined };
  },
  registerHook(name: HookName, callback: HookCallback): { dispose(): void } {
    if (!hookNames.includes(name)) throw new RangeError(`Unrecognized hook "${name}"`);
    if (shared.registrar === undefined)
      throw new Error(`Cannot register hook "${name}": the app has finished its startup`);
    return shared.registrar.registerHook(name, callback);
  },
  log(level: LogLevel, category: LogCategory, message: string): void {
    shared.registrar?.log(level, category, message);
  },
};

/** Runs `load` while everything that the library registers goes to the registrar; gives the programming model that the
 * library has set (undefined when the app never used the library). One load at a time. */
export async function loadWithCore(
  registrar: CoreRegistrar,
  load: () => Promise<void>,
): Promise<ProgrammingModel | undefined> {
  install();
  if (shared.registrar !== undefined)
    throw new Error("Cannot load the app: another one is being loaded in this process, expected one at a time");
  shared.registrar = registrar;
  try {
    await load();
    return shared.model;
  } finally {
    shared.registrar = undefined;
  }
}

function install(): void {
  if (shared.installed) return;
  shared.installed = true;
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (target, self, args) => (args[0] === "@azure/functions-core" ? coreApi : Reflect.apply(target, self, args)),
  });
}
