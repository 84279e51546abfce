// Whether the ports that a start wants are free, before it changes anything.
import { once } from "node:events";
import { createServer } from "node:net";

/** In one sentence, for whoever starts the stack. */
export class PortTaken extends Error {
  constructor(port: number | string) {
    super(
      `Cannot start the local stack: port ${port} is taken, most likely by a stack that is up already; go on with that one, or stop it with Ctrl+C in its terminal`,
    );
  }
}

/** The same for what a server says whose port was taken meanwhile; any other error as it is. */
export function asPortTaken(error: unknown): unknown {
  if (!(error instanceof Error) || Reflect.get(error, "code") !== "EADDRINUSE") return error;
  return new PortTaken(String(Reflect.get(error, "port")));
}

/** Port 0 is always free. @throws PortTaken */
export async function requireFree(ports: readonly number[]): Promise<void> {
  for (const port of ports.filter((each) => each !== 0)) {
    const server = createServer();
    try {
      await once(server.listen(port, "127.0.0.1"), "listening");
    } catch (error) {
      throw asPortTaken(error);
    }
    await new Promise((resolve) => server.close(resolve));
  }
}
