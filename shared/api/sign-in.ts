// Where somebody who comes from the developer portal signs in and out: on the host that the settings name, never on the
// one that a request names, which is an attacker's text.
import { AppError } from "../core/errors.ts";
import { paths } from "../ui/paths.ts";

export type SignIn = {
  /** Signs in, then comes back to `path`, which begins with a slash. */
  signInUrl(path: string): string;
  /** Signs out, then goes to `next`, a whole address. */
  signOutUrl(next: string): string;
};

export type SignInPlace = { readonly localSignIn: boolean; readonly publicBaseUrl?: string };

/** App Service authentication's addresses, or the local stack's own sign-in, which nobody leaves.
 * @throws CONFIG_INVALID on first use, where no public address is set */
export function signInOf({ localSignIn, publicBaseUrl }: SignInPlace): SignIn {
  const at = (path: string): string => {
    if (publicBaseUrl !== undefined) return `${publicBaseUrl}${path}`;
    throw new AppError(
      "CONFIG_INVALID",
      "Cannot send anybody to sign in: ROLLCALL_PUBLIC_BASE_URL is not set, expected the address of this app as browsers know it",
    );
  };
  if (localSignIn) return { signInUrl: paths.signIn, signOutUrl: (next) => next };
  return {
    signInUrl: (path) => at(paths.platformSignIn(path)),
    signOutUrl: (next) => at(paths.platformSignOut(next)),
  };
}
