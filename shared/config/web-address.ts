// Which web addresses settings and rules may hold: TLS everywhere, plain HTTP only to this machine, and nothing in the
// URL that could be a secret. A refused address is never repeated, because of what it may hold.

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host name of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname);
}

/** What is wrong with an address, as "expected …"; undefined when it may be used. */
export function addressProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "expected a URL that begins with https://";
  const url = new URL(text);
  const bare = url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!bare) return "expected a URL without query, fragment, user name and password";
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return undefined;
  return "expected a URL that begins with https:// (http:// only to this machine)";
}

/** The address without slashes at its end. */
export function trimAddress(text: string): string {
  return text.replace(/\/+$/, "");
}
