// A storage account for measured processes, reached as an app on Azure reaches its own.
import { startAzurite } from "../dev/azurite/azurite.ts";
import { createCertificate } from "../dev/certificate.ts";
import { startIdentitySimulator } from "../dev/identity/identity-server.ts";
import type { StorageEndpoints } from "./task.ts";

export type StorageStage = {
  readonly storage: StorageEndpoints;
  /** What a process needs to reach the storage as an app on Azure would. */
  readonly environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
};

/** Azurite over TLS, and the identity that opens it. The certificate is written into the folder. */
export async function startStorage(folder: string): Promise<StorageStage> {
  const certificate = await createCertificate(folder);
  const [azurite, identity] = await Promise.all([
    startAzurite({ certificate, startLimitMs: 120_000 }),
    startIdentitySimulator({ port: 0 }),
  ]);
  const { blob, table, queue } = azurite;
  return {
    storage: { blob, table, queue },
    environment: {
      IDENTITY_ENDPOINT: identity.endpoint,
      IDENTITY_HEADER: identity.header,
      NODE_EXTRA_CA_CERTS: certificate.caFile,
    },
    async close() {
      await Promise.all([azurite.close(), identity.close()]);
    },
  };
}
