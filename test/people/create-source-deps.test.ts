import { afterEach, describe, expect, it } from "vitest";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createSourceDeps } from "../../shared/people/create-source-deps.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { type ScriptedServer, startScriptedServer } from "../http/scripted-server.ts";
import { sourceDeps } from "./source-kit.ts";

const { signal } = new AbortController();

function depsWith(getToken: () => Promise<{ token: string; expiresOnTimestamp: number } | null>) {
  const { secrets, expressions } = sourceDeps();
  const clock = createFixedClock();
  const log = createRecordingLog();
  const transport = createNodeFetchTransport();
  return { clock, deps: createSourceDeps({ clock, log, secrets, expressions, transport, identity: { getToken } }) };
}

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe("createSourceDeps", () => {
  it("asks again after the wait that the source names", async () => {
    server = await startScriptedServer((_, index) =>
      index === 0
        ? { status: 429, headers: { "retry-after": "7" } }
        : { status: 200, headers: { "x-a": "b" }, body: "[]" },
    );
    const { clock, deps } = depsWith(async () => null);
    const answer = await deps.httpAsk({ url: server.address, headers: {} }, signal);

    expect([answer.status, answer.text, answer.headers("x-a")]).toEqual([200, "[]", "b"]);
    expect(clock.waits).toEqual([7000]);
  });

  it("opens a file again after what passes, with what the last answer holds", async () => {
    server = await startScriptedServer((_, index) =>
      index === 0 ? { status: 503, headers: { "retry-after": "7" }, body: "away" } : { status: 200, body: "[]" },
    );
    const { clock, deps } = depsWith(async () => null);
    const { status, body } = await deps.httpOpen({ url: server.address, headers: {} }, signal);
    const chunks = [];
    for await (const chunk of body) chunks.push(chunk);

    expect([status, Buffer.concat(chunks).toString()]).toEqual([200, "[]"]);
    expect(clock.waits).toEqual([7000]);
  });

  it("opens a file not again after what does not pass", async () => {
    server = await startScriptedServer(() => ({ status: 403, body: "no" }));
    const { deps } = depsWith(async () => null);

    expect((await deps.httpOpen({ url: server.address, headers: {} }, signal)).status).toBe(403);
    expect(server.requests).toHaveLength(1);
  });

  it("gets tokens by the identity", async () => {
    const { deps } = depsWith(async () => ({ token: "abc", expiresOnTimestamp: 0 }));

    expect(await deps.getToken("https://hr/.default", signal)).toBe("abc");
  });

  it.each([
    ["gives none", async () => null],
    ["fails", () => Promise.reject(new Error("no endpoint"))],
  ])("throws SECRET_UNAVAILABLE when the identity %s", async (_, getToken) => {
    const { deps } = depsWith(getToken);

    await expect(deps.getToken("https://hr/.default", signal)).rejects.toMatchObject({ code: "SECRET_UNAVAILABLE" });
  });
});
