// What `rollcall doctor` looks at, in the order in which one thing rests on another. Each look uses the app's own way to
// the thing, with few retries, and leaves nothing behind.
import { createBearerCredential } from "../apim/bearer.ts";
import type { OpenedRules } from "../config/open-rules.ts";
import type { SourceRules, TargetRules } from "../config/rules.ts";
import type { Found } from "../core/check-up.ts";
import { AppError } from "../core/errors.ts";
import type { Probe, ProbeSteps } from "../flows/check-up.ts";
import { tokenOf } from "../people/create-source-deps.ts";
import type { Secrets } from "../ports.ts";
import { callStore } from "../storage/store-error.ts";
import type { Parts } from "./app-parts.ts";
import {
  type CheckUpAsked,
  identityOf,
  noticeProbes,
  type OpenNamed,
  ok,
  secretProbeName,
  sourceProbe,
  storageProbes,
  targetProbe,
} from "./check-up-probes.ts";
import { type NamedSecret, secretsOfSettings, secretsOfSource, secretsOfTarget } from "./named-secrets.ts";

type CheckUpParts = Parts & {
  readonly secrets: () => Promise<Secrets>;
  readonly rules: (signal: AbortSignal) => Promise<OpenedRules>;
  readonly sources: OpenNamed;
};

type Scope = { readonly targets: readonly TargetRules[]; readonly sources: readonly SourceRules[] };

function scopeOf({ rules }: OpenedRules, name: string | undefined): Scope {
  const targets = rules.targets.filter((target) => name === undefined || target.name === name);
  if (targets.length === 0) {
    const list = rules.targets.map((target) => `"${target.name}"`).join(", ");
    throw new AppError("CONFIG_INVALID", `Cannot find the target "${name}": the rules have ${list}`);
  }
  const isRead = (source: SourceRules) => targets.some(({ sources }) => sources?.includes(source.name) ?? true);
  return { targets, sources: rules.sources.filter(isRead) };
}

async function rulesFound({ check, fileName }: OpenedRules): Promise<Found> {
  const { failures, tests, warnings } = await check();
  const [first] = failures;
  if (first !== undefined)
    throw new AppError("CONFIG_INVALID", `Cannot use the rules: ${failures.length} of their tests fail; ${first}`);
  const tested = tests === 0 ? fileName : `${fileName}, ${tests} tests pass`;
  return ok(warnings.length === 0 ? tested : `${tested}; ${warnings.length} warnings, "rollcall check" lists them`);
}

function identityProbes({ settings, identity, clock }: Parts, { targets }: Scope): readonly Probe[] {
  const probe = (name: string, sign: (signal: AbortSignal) => Promise<unknown>): Probe => ({
    name,
    needs: [],
    async run(signal) {
      await sign(signal);
      return ok("gives a token");
    },
  });
  const toStorage = { scope: "https://storage.azure.com/.default", what: "sign in to the storage account" };
  return [
    probe(identityOf.storage, (signal) =>
      callStore(toStorage.what, signal, () => identity.getToken(toStorage.scope, { abortSignal: signal })),
    ),
    ...(settings.keyVault.url === undefined
      ? []
      : [probe(identityOf.vault, (signal) => tokenOf(identity, "https://vault.azure.net/.default", signal))]),
    ...(targets.every(({ door }) => door === "direct")
      ? []
      : [probe(identityOf.manager, (signal) => createBearerCredential({ identity, clock }).authorization([], signal))]),
  ];
}

async function secretFound(name: string, uses: readonly NamedSecret[], secrets: Secrets, signal: AbortSignal) {
  const by = `named by ${[...new Set(uses.map((use) => use.by))].join(", ")}`;
  try {
    const text = await secrets.get(name, { signal });
    for (const { check } of uses) check(text);
    return ok(`can be read and is well formed; ${by}`);
  } catch (error) {
    const isAway = error instanceof AppError && error.context.status === 404;
    if (isAway && uses.every(({ optional }) => optional)) return ok(`is not in the vault and opens nothing; ${by}`);
    throw error;
  }
}

function secretProbes(named: readonly NamedSecret[], { settings, secrets }: CheckUpParts): readonly Probe[] {
  const hasVault = settings.keyVault.url !== undefined;
  // Without a vault the reserved keys open nothing, and nobody misses them; any other secret is missed.
  const wanted = hasVault ? named : named.filter(({ optional }) => optional !== true);
  const names = [...new Set(wanted.map(({ name }) => name))];
  return names.map((name) => ({
    name: secretProbeName(name),
    needs: hasVault ? [identityOf.vault] : [],
    run: async (signal) =>
      secretFound(
        name,
        wanted.filter((each) => each.name === name),
        await secrets(),
        signal,
      ),
  }));
}

/** Everything after the settings. */
export async function* checkUpSteps(parts: CheckUpParts, asked: CheckUpAsked): ProbeSteps {
  const read: { scope: Scope | undefined } = { scope: undefined };
  yield [
    {
      name: "rules",
      needs: [],
      async run(signal) {
        const opened = await parts.rules(signal);
        const scope = scopeOf(opened, asked.target);
        const found = await rulesFound(opened);
        read.scope = scope;
        return found;
      },
    },
  ];
  const scope = read.scope ?? { targets: [], sources: [] };
  const { targets, sources } = scope;
  yield identityProbes(parts, scope);
  const named = [
    ...secretsOfSettings(parts.settings),
    ...targets.flatMap(secretsOfTarget),
    ...sources.flatMap(secretsOfSource),
  ];
  yield secretProbes(named, parts);
  yield storageProbes(parts);
  if (read.scope === undefined) yield [{ name: "targets and sources", needs: ["rules"], run: async () => ok("none") }];
  yield targets.map((target) => targetProbe(target, parts, asked.log));
  // One after the other: each whole read may need much memory.
  for (const source of sources) yield [sourceProbe(source, asked, parts.sources)];
  yield noticeProbes(parts);
}
