// What answering requests is made of, opened on first use. Part of the wiring in app.ts, in a file of its own.
import type { TokenCredential } from "@azure/identity";
import type { Settings } from "../config/settings.ts";
import { AppError } from "../core/errors.ts";
import { once } from "../core/once.ts";
import type { Way } from "../notify/way.ts";
import type { Clock, Log, Secrets } from "../ports.ts";
import type { Audit, Notifier, PoisonQueue, RequestQueue, RequestStore, Roster } from "../request-ports.ts";

export type RequestParts = {
  readonly requests: () => Promise<RequestStore>;
  readonly requestQueue: () => Promise<RequestQueue & PoisonQueue>;
  readonly roster: () => Promise<Roster>;
  readonly audit: (log: Log) => Promise<Audit>;
  readonly notifier: (log: Log) => Promise<Notifier>;
  /** The secrets of decision links; the first signs, all are taken. Empty where none is named.
   * @throws SECRET_UNAVAILABLE, SECRET_MALFORMED */
  readonly linkSecrets: (signal: AbortSignal) => Promise<readonly string[]>;
};

type Needs = {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly identity: TokenCredential;
  readonly secrets: () => Promise<Secrets>;
};

/** Whoever guesses it signs in as anybody. */
function unusable(secret: string): AppError {
  return new AppError(
    "SECRET_MALFORMED",
    `Cannot sign links and forms with the secret "${secret}": it is too short, expected at least 16 characters; set a new version of it, such as 32 random bytes in base64`,
    { context: { secret } },
  );
}

export function requestParts({ settings, clock, identity, secrets }: Needs): RequestParts {
  const options = async () => {
    const { storageEndpoints } = await import("../storage/storage-endpoints.ts");
    return { credential: identity, endpoints: storageEndpoints(settings.storage), prefix: settings.statePrefix, clock };
  };
  const vault: Secrets = { get: async (name, how) => (await secrets()).get(name, how) };
  const audits = once(async () => (await import("../requests/azure-audit.ts")).createAzureAudit(await options()));

  const mail = once(async () => {
    if (settings.mail === undefined) return undefined;
    const [{ createMailWay }, { mailRules, restAfterFailure }] = await Promise.all([
      import("../notify/mail.ts"),
      import("../notify/rest-after-failure.ts"),
    ]);
    return restAfterFailure(createMailWay({ ...settings.mail, secrets: vault, clock }), { until: 0 }, clock, mailRules);
  });
  const transport = once(async () =>
    (await import("../http/node-fetch-transport.ts")).createNodeFetchTransport({ maxBodyBytes: 64 * 1024 }),
  );

  const rest = { until: 0 };
  // As long as the rest, for all messages: one message alone never uses it up.
  const budget = once(async () => (await import("../http/retry-budget.ts")).createRetryBudget());

  async function webhook(log: Log): Promise<Way | undefined> {
    if (settings.webhook === undefined) return undefined;
    const [{ createWebhookWay }, { restAfterFailure }, { withRetry }, { withTimeout }, { httpRetryStrategy }] =
      await Promise.all([
        import("../notify/webhook.ts"),
        import("../notify/rest-after-failure.ts"),
        import("../http/with-retry.ts"),
        import("../http/with-timeout.ts"),
        import("../http/retry-strategy.ts"),
      ]);
    const retrying = withRetry(withTimeout(await transport(), { timeoutMs: 15_000 }), {
      strategy: httpRetryStrategy,
      clock,
      random: Math.random,
      budget: await budget(),
      log,
      maxAttempts: 3,
    });
    const way = createWebhookWay({ ...settings.webhook, vault, clock, transport: retrying });
    return restAfterFailure(way, rest, clock);
  }

  return {
    requests: once(async () =>
      (await import("../requests/azure-request-store.ts")).createAzureRequestStore(await options()),
    ),
    requestQueue: once(async () => (await import("../requests/request-queue.ts")).createRequestQueue(await options())),
    roster: once(async () => (await import("../requests/azure-roster.ts")).createAzureRoster(await options())),
    audit: async (log) => (await audits())(log),
    async notifier(log) {
      const [{ createNotifier }, ...ways] = await Promise.all([import("../notify/notifier.ts"), mail(), webhook(log)]);
      return createNotifier(
        ways.flatMap((way) => way ?? []),
        log,
      );
    },
    async linkSecrets(signal) {
      const { isKeyText } = await import("../webhook/key-length.ts");
      return Promise.all(
        settings.linkSecrets.map(async (name) => {
          const text = await vault.get(name, { signal });
          if (isKeyText(text)) return text;
          throw unusable(name);
        }),
      );
    },
  };
}
