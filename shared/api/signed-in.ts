// Who is signed in: the platform's word, or on the local stack the cookie of its own sign-in.
import type { Principal } from "../core/principal.ts";
import type { HeaderReader } from "./form-guard.ts";
import { principalOf } from "./principal.ts";

export type SignInSettings = { readonly authenticationIsOn: boolean; readonly localSignIn: boolean };

/** The signed-in person, or undefined. `secrets` are read only for the local sign-in. */
export async function signedIn(
  header: HeaderReader,
  settings: SignInSettings,
  secrets: () => Promise<readonly string[]>,
  now: number,
): Promise<Principal | undefined> {
  const principal = principalOf(header, settings);
  if (principal !== undefined || !settings.localSignIn) return principal;
  const { localPrincipal } = await import("./local-sign-in.ts");
  return localPrincipal(header("cookie"), await secrets(), now);
}
