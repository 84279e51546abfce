// Every address of the page. `/api` is the route prefix of host.json.
const root = "/api/ui";

function segment(text: string): string {
  return encodeURIComponent(text);
}

/** A filter or a place in a list, as the query of an address. */
function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? "" : `?${given.join("&")}`;
}

type Filter = { readonly target?: string | undefined };

export const paths = {
  open: ({ target }: Filter = {}) => `${root}${query({ target })}`,
  history: ({ target }: Filter = {}) => `${root}/history${query({ target })}`,
  failed: (note?: string) => `${root}/failed${query({ note })}`,
  runs: ({ target }: Filter = {}) => `${root}/runs${query({ target })}`,
  request: (target: string, subscription: string, note?: string) =>
    `${root}/requests/${segment(target)}/${segment(subscription)}${query({ note })}`,
  answer: (target: string, subscription: string) =>
    `${root}/requests/${segment(target)}/${segment(subscription)}/answer`,
  retry: (target: string, subscription: string) => `${root}/requests/${segment(target)}/${segment(subscription)}/retry`,
  retryMessage: (id: string) => `${root}/messages/${segment(id)}/retry`,
  run: (id: string, more: { readonly kind?: string; readonly page?: number; readonly note?: string } = {}) =>
    `${root}/runs/${segment(id)}${query(more)}`,
  accept: (id: string) => `${root}/runs/${segment(id)}/accept`,
  decide: (token: string, note?: string) => `${root}/decide/${segment(token)}${query({ note })}`,
  /** The local stack's own sign-in. */
  signIn: (to?: string) => `${root}/sign-in${query({ to })}`,
  signOut: () => `${root}/sign-out`,
  /** App Service authentication's own addresses.
   * Source: learn.microsoft.com/azure/app-service/configure-authentication-customize-sign-in-out */
  platformSignIn: (to: string) => `/.auth/login/aad${query({ post_login_redirect_uri: to })}`,
  platformSignOut: (to: string = root) => `/.auth/logout${query({ post_logout_redirect_uri: to })}`,
} as const;

/** Whether an address is one of ours, so that a sign-in may lead there. */
export function isOwnPath(path: string): boolean {
  return path === root || (/^\/api\/(?:ui|delegation)[/?][\w\-./?=&%+*]*$/.test(path) && !path.includes(".."));
}
