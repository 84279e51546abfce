// A wire between a client and a server on loopback that a test can cut, to see what a death in mid-sentence leaves.
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export type TcpProxy = {
  readonly port: number;
  /** After so many more bytes from the client every connection dies, as with the client's process, and no new one is taken. */
  cutAfter(bytes: number): void;
  /** The next bytes from the server are lost together with their connection; later connections are sound. */
  loseNextAnswer(): void;
  /** From now on nothing comes from the server, and no connection ends. */
  hang(): void;
  close(): Promise<void>;
};

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let losing = false;
  let hanging = false;

  const server = createServer((client) => {
    if (left <= 0) {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort, "127.0.0.1");
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on("error", () => socket.destroy());
    }
    client.on("data", (chunk) => {
      upstream.write(chunk.subarray(0, Math.max(0, left)));
      left -= chunk.length;
      if (left <= 0) for (const socket of sockets) socket.destroySoon();
    });
    upstream.on("data", (chunk) => {
      if (losing) {
        losing = false;
        client.destroy();
      } else if (!hanging) {
        client.write(chunk);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter(bytes) {
      left = bytes;
    },
    loseNextAnswer() {
      losing = true;
    },
    hang() {
      hanging = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
