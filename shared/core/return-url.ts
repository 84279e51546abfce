// Where the portal goes on after a sign-in. Whoever opens the portal's sign-in page chooses it, so it is an attacker's
// text although API Management signed it.

/** Path, query and fragment on the portal; the portal's start for an address that lies anywhere else. */
export function portalPath(returnUrl: string, portalUrl: string): string {
  if (!URL.canParse(returnUrl, portalUrl)) return "/";
  const url = new URL(returnUrl, portalUrl);
  if (url.origin !== new URL(portalUrl).origin || url.username !== "" || url.password !== "") return "/";
  // Two slashes at the beginning would name a host.
  return `${url.pathname.replace(/^\/{2,}/, "/")}${url.search}${url.hash}`;
}
