// Whether the webhook's address can be reached: name, connection and certificate. Nothing is sent.
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { AppError } from "../core/errors.ts";

const longestMs = 15_000;

function open(url: URL): { readonly socket: Socket; readonly ready: "connect" | "secureConnect" } {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "https:")
    return { socket: connectPlain({ host, port: Number(url.port || "80") }), ready: "connect" };
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return { socket: connectTls({ host, port: Number(url.port || "443"), ...servername }), ready: "secureConnect" };
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

/** @throws NETWORK, TIMEOUT, ABORTED */
export async function probeAddress(address: string, signal: AbortSignal): Promise<void> {
  const url = new URL(address);
  const cannot = (code: "NETWORK" | "TIMEOUT" | "ABORTED", sentence: string) =>
    new AppError(code, `Cannot reach the webhook's receiver "${url.origin}": ${sentence}`);
  await new Promise<void>((resolve, reject) => {
    const { socket, ready } = open(url);
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      settle();
    };
    const stop = () => end(() => reject(cannot("ABORTED", "the work was stopped, start it again")));
    signal.addEventListener("abort", stop, { once: true });
    socket.setTimeout(longestMs, () =>
      end(() => reject(cannot("TIMEOUT", "no connection came in time; check ROLLCALL_WEBHOOK_URL and the network"))),
    );
    socket.once(ready, () => end(resolve));
    socket.once("error", (error) =>
      end(() =>
        reject(
          cannot(
            "NETWORK",
            `the connection failed with "${reasonOf(error)}", expected one; check ROLLCALL_WEBHOOK_URL, the network and the certificate`,
          ),
        ),
      ),
    );
  });
}
