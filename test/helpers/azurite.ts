// Storage for tests: Azurite over TLS, reached with a token that the real identity client takes from the simulated
// identity endpoint. One per test file, with names of its own for each test.
import { ManagedIdentityCredential, type TokenCredential } from "@azure/identity";
import { afterAll, beforeAll } from "vitest";
import { type Azurite, startAzurite } from "../../dev/azurite/azurite.ts";
import { type IdentitySimulator, startIdentitySimulator } from "../../dev/identity/identity-server.ts";
import type { StorageOptions } from "../../shared/storage/storage-clients.ts";
import { testCertificate } from "./test-certificate.ts";

export type TestStorage = {
  /** Options with a prefix that no other test has. */
  options(): StorageOptions;
  azurite(): Azurite;
  credential(): TokenCredential;
};

/** Starts the storage before the file's tests and stops it after them. */
export function useAzurite(): TestStorage {
  let running: { azurite: Azurite; identity: IdentitySimulator; credential: TokenCredential } | undefined;
  let prefixes = 0;

  beforeAll(async () => {
    const [azurite, identity] = await Promise.all([
      startAzurite({ certificate: await testCertificate() }),
      startIdentitySimulator({ port: 0 }),
    ]);
    running = { azurite, identity, credential: simulatedCredential(identity) };
  });
  afterAll(async () => {
    await Promise.all([running?.azurite.close(), running?.identity.close()]);
  });

  function started() {
    if (running === undefined)
      throw new Error("Cannot use Azurite: it is started before the tests, not while they are declared");
    return running;
  }

  return {
    options() {
      const { azurite, credential } = started();
      prefixes += 1;
      const { blob, table, queue } = azurite;
      // A connection that Azurite closed at the wrong moment is tried again; no test waits for more than that.
      return { credential, endpoints: { blob, table, queue }, prefix: `test${prefixes}`, tries: 3, retryDelayMs: 10 };
    },
    azurite: () => started().azurite,
    credential: () => started().credential,
  };
}

/** The credential that an app on App Service has, pointed at the simulator. */
export function simulatedCredential(identity: IdentitySimulator): TokenCredential {
  process.env.IDENTITY_ENDPOINT = identity.endpoint;
  process.env.IDENTITY_HEADER = identity.header;
  return new ManagedIdentityCredential();
}
