import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import type { RequestRecord, RequestStatus } from "../../shared/core/request.ts";
import { noteFailure } from "../../shared/flows/note-failure.ts";
import type { RequestMessage, RequestStore } from "../../shared/request-ports.ts";
import { createMemoryRequestStore } from "../../shared/requests/memory.ts";
import { startOfTime } from "../helpers/records.ts";
import { aRequest } from "../helpers/request-records.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const { signal } = new AbortController();
const now = startOfTime + 60_000;
const clock = { now: () => now };
const message: RequestMessage = { target: "contoso", subscription: "s1", via: "event" };
const failure = new AppError("APIM_UNAVAILABLE", "Cannot read the subscription: the service is away");
const noted = { code: failure.code, message: failure.message, at: now };

/** A store that calls `between` before each write, as somebody who writes between a reading and its writing. */
function start(between: (requests: RequestStore) => Promise<void> = async () => {}) {
  const requests = createMemoryRequestStore({ clock });
  const log = createRecordingLog();
  const busy: RequestStore = {
    ...requests,
    async putRequest(...given) {
      await between(requests);
      return await requests.putRequest(...given);
    },
  };
  return {
    lines: () => log.lines,
    note: () => noteFailure(message, failure, { requests: busy, clock, log, signal }),
    async put(fields: Partial<RequestRecord>) {
      expect(await requests.putRequest(aRequest("s1", fields), undefined, signal)).toBe(true);
    },
    async record() {
      return (await requests.getRequest("contoso", "s1", signal))?.value;
    },
  };
}

/** Writes the next state of the record, over the one that is there. */
async function write(requests: RequestStore, fields: Partial<RequestRecord>): Promise<void> {
  const known = await requests.getRequest("contoso", "s1", signal);
  await requests.putRequest(aRequest("s1", fields), known?.version, signal);
}

describe("noteFailure()", () => {
  it("makes a record where there is none", async () => {
    const { note, record, lines } = start();

    await note();

    const expected = aRequest("s1", { status: "failed", firstSeenAt: now, updatedAt: now, error: noted });
    expect(await record()).toEqual(expected);
    expect(lines()).toEqual([]);
  });

  it.each<[RequestStatus, RequestStatus]>([
    ["new", "failed"],
    ["asked", "failed"],
    ["answered", "answered"],
    ["closed", "closed"],
  ])("of one that is %s makes one that is %s: what is over stays over", async (before, after) => {
    const { note, put, record } = start();
    await put({ status: before });

    await note();

    expect(await record()).toMatchObject({ status: after, error: noted });
  });

  it("reads again when somebody writes meanwhile, and keeps what they wrote", async () => {
    let writes = 0;
    const { note, put, record, lines } = start(async (requests) => {
      writes += 1;
      if (writes < 3) await write(requests, { status: writes === 1 ? "asked" : "closed", round: writes + 1 });
    });
    await put({});

    await note();

    expect(await record()).toMatchObject({ status: "closed", round: 3, error: noted });
    expect([writes, lines()]).toEqual([3, []]);
  });

  it("says in the log that it could not, when somebody writes each time", async () => {
    let writes = 0;
    const { note, lines } = start(async (requests) => {
      writes += 1;
      await write(requests, { round: writes });
    });

    await note();

    const fields = { target: "contoso", subscription: "s1", tried: 10 };
    expect(lines()).toEqual([{ level: "error", event: "request.failure.unrecorded", fields }]);
    expect(writes).toBe(10);
  });

  it("says in the log that it could not, when the store fails", async () => {
    const { note, lines } = start(() => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot write: it is away")));

    await note();

    const fields = { target: "contoso", subscription: "s1", code: "STORE_UNAVAILABLE" };
    expect(lines()).toEqual([{ level: "error", event: "request.failure.unrecorded", fields }]);
  });
});
