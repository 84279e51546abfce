// Who the app is for Azure: the managed identity there; elsewhere whatever DefaultAzureCredential finds (an identity
// endpoint, a signed-in developer). Loaded when the first token is asked for.
import type { TokenCredential } from "@azure/identity";

export type IdentityOptions = { readonly onAzure: boolean; readonly clientId?: string };

/** A credential that loads `@azure/identity` on first use. */
export function createIdentity({ onAzure, clientId }: IdentityOptions): TokenCredential {
  let loading: Promise<TokenCredential> | undefined;

  const load = async (): Promise<TokenCredential> => {
    const { DefaultAzureCredential, ManagedIdentityCredential } = await import("@azure/identity");
    if (!onAzure)
      return new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  };

  return {
    async getToken(scopes, options) {
      loading ??= load();
      return (await loading).getToken(scopes, options);
    },
  };
}
