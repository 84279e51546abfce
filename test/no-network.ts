// Keeps tests on this machine: a connection or a look-up beyond loopback throws, and the test that tried it fails even
// where the code under test has swallowed the error.
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { isIP, Socket } from "node:net";
import { afterEach } from "vitest";

const attempts: string[] = [];

const connect = Socket.prototype.connect;
Socket.prototype.connect = function connectOnLoopback(this: Socket, ...args: unknown[]): Socket {
  allow(hostOf(args));
  return Reflect.apply(connect, this, args);
} as typeof connect;

for (const target of [dns, dns.promises]) {
  const lookup: unknown = target.lookup;
  Object.assign(target, {
    lookup(name: string, ...rest: unknown[]): unknown {
      allow(name);
      return (lookup as (...args: unknown[]) => unknown)(name, ...rest);
    },
  });
}
syncBuiltinESMExports();

afterEach(() => {
  const seen = attempts.splice(0);
  if (seen.length > 0) throw new Error(`Cannot pass: the test reached beyond loopback, for ${seen.join(", ")}`);
});

/** The host that `net.Socket.connect` would go to; undefined for a pipe and for its default, localhost. */
function hostOf(args: readonly unknown[]): string | undefined {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === "object" && first !== null) {
    const { host, path } = first as { host?: string | null; path?: string | null };
    return path === undefined || path === null ? (host ?? undefined) : undefined;
  }
  return typeof args[1] === "string" ? args[1] : undefined;
}

function allow(host: string | undefined): void {
  if (host === undefined || isLoopback(host)) return;
  attempts.push(JSON.stringify(host));
  throw new Error(`Cannot reach ${JSON.stringify(host)}: tests stay on loopback, start a simulator instead`);
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "::1" || host === "localhost" || host.endsWith(".localhost");
}
