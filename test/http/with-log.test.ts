import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import type { HttpRequest, Transport } from "../../shared/http/transport.ts";
import { withLog } from "../../shared/http/with-log.ts";
import { createRecordingLog } from "./recording-log.ts";

const patch: HttpRequest = {
  method: "PATCH",
  url: "https://apim.example/users/u1?api-version=2024-05-01&code=hidden",
  headers: { authorization: "SharedAccessSignature hidden", "if-match": '"A="' },
  body: '{"email":"hidden@example.com"}',
};

describe("withLog", () => {
  it("logs method, redacted address, status, duration and allowed headers, and nothing else", async () => {
    const log = createRecordingLog();
    let now = 1000;
    const transport: Transport = async () => {
      now += 25;
      return { status: 200, headers: new Map([["x-ms-request-id", "r1"]]), body: '{"email":"hidden@example.com"}' };
    };

    await withLog(transport, { log, now: () => now })(patch, new AbortController().signal);

    expect(log.lines).toEqual([
      {
        level: "debug",
        event: "http.request.answered",
        fields: {
          method: "PATCH",
          url: "https://apim.example/users/u1?api-version=2024-05-01&code=REDACTED",
          status: 200,
          ms: 25,
          "x-ms-request-id": "r1",
        },
      },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain("hidden");
  });

  it("logs the code of a failure and throws it on", async () => {
    const log = createRecordingLog();
    const transport: Transport = () => Promise.reject(new AppError("NETWORK", "broken"));

    await expect(withLog(transport, { log, now: () => 0 })(patch, new AbortController().signal)).rejects.toThrow(
      "broken",
    );

    expect(log.lines.map(({ event, fields }) => [event, fields.code])).toEqual([["http.request.failed", "NETWORK"]]);
  });

  it("leaves a transport alone whose lines nobody would write", () => {
    const transport: Transport = () => Promise.reject(new AppError("NETWORK", "broken"));

    expect(withLog(transport, { log: { ...createRecordingLog(), writesDebug: false }, now: () => 0 })).toBe(transport);
  });
});
