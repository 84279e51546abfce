// The cookies of one read, for a system that binds what it keeps between pages to a session. They are forgotten with
// the read, and every request of a read stays on the system's origin.

export type SessionCookies = {
  /** The headers with what the system has set so far. */
  headers(): Readonly<Record<string, string>>;
  /** @param setCookie all Set-Cookie headers of an answer, joined by commas */
  note(setCookie: string | undefined): void;
};

// A comma also stands in the date of Expires, where no name and equals sign follow it.
const pair = /(?:^|,)\s*([^\s=;,]+)=([^;,]*)/g;

export function createSessionCookies(): SessionCookies {
  const cookies = new Map<string, string>();
  return {
    headers() {
      if (cookies.size === 0) return {};
      return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    },
    note(setCookie = "") {
      for (const [, name = "", value = ""] of setCookie.matchAll(pair)) cookies.set(name, value.trim());
    },
  };
}
