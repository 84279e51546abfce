// Where somebody signs in and out: App Service's own addresses, on the host that the settings name. Never on the one that
// a request names, which is an attacker's text.

export type SignIn = {
  /** Signs in, then comes back to `path`, which begins with a slash. */
  signInUrl(path: string): string;
  /** Signs out, then goes to `next`. */
  signOutUrl(next: string): string;
};

/** App Service authentication with Microsoft Entra ID.
 * Source: learn.microsoft.com/azure/app-service/configure-authentication-customize-sign-in-out */
export function appServiceSignIn(publicBaseUrl: string): SignIn {
  return {
    signInUrl: (path) => `${publicBaseUrl}/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(path)}`,
    signOutUrl: (next) => `${publicBaseUrl}/.auth/logout?post_logout_redirect_uri=${encodeURIComponent(next)}`,
  };
}
