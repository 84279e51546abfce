// The secrets of the vault that the settings name.
import type { TokenCredential } from "@azure/identity";
import { AppError } from "../core/errors.ts";
import type { Clock, Secrets } from "../ports.ts";
import { createKeyVaultSecrets } from "./key-vault.ts";

/** @throws CONFIG_INVALID when no vault is named */
export function openSecrets(
  keyVault: { readonly url?: string; readonly verifyChallenge: boolean },
  deps: { readonly credential: TokenCredential; readonly clock: Clock },
): Secrets {
  const { url, verifyChallenge } = keyVault;
  if (url === undefined)
    throw new AppError(
      "CONFIG_INVALID",
      "Cannot read a secret: ROLLCALL_KEY_VAULT_URL is not set, the URL of a Key Vault was expected",
    );
  return createKeyVaultSecrets({ ...deps, vaultUrl: url, disableChallengeResourceVerification: !verifyChallenge });
}
