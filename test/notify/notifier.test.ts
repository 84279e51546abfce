import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { createNotifier } from "../../shared/notify/notifier.ts";
import type { Way } from "../../shared/notify/way.ts";
import type { Notice } from "../../shared/request-ports.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const notice: Notice = { kind: "ask", id: "1", to: ["boss@contoso.com"], subject: "Ada asks", lines: ["Ada asks"] };

function way(name: Way["name"], send: Way["send"] = async () => []) {
  const sent: Notice[] = [];
  const recording: Way = {
    name,
    async send(one, stop) {
      sent.push(one);
      return await send(one, stop);
    },
  };
  return { way: recording, sent };
}

const fail = async () => Promise.reject(new AppError("NETWORK", "Cannot send"));

describe("createNotifier", () => {
  it("sends by every way, and tells who was refused", async () => {
    const [mail, hook] = [way("mail", async () => ["gone@contoso.com"]), way("webhook")];
    const notifier = createNotifier([mail.way, hook.way], createRecordingLog());

    expect(await notifier.send(notice, signal)).toEqual({
      sentBy: ["mail", "webhook"],
      failed: [],
      refused: ["gone@contoso.com"],
    });
    expect([mail.sent, hook.sent]).toEqual([[notice], [notice]]);
  });

  it("sends by one way what is for it alone, and by none where that is not configured", async () => {
    const [mail, hook] = [way("mail"), way("webhook")];
    const log = createRecordingLog();
    const forMachines: Notice = { ...notice, only: "webhook" };

    expect((await createNotifier([mail.way, hook.way], log).send(forMachines, signal)).sentBy).toEqual(["webhook"]);
    expect((await createNotifier([mail.way, hook.way], log).send({ ...notice, only: "mail" }, signal)).sentBy).toEqual([
      "mail",
    ]);
    expect([mail.sent.length, hook.sent.length]).toEqual([1, 1]);
    const before = log.lines.length;
    expect((await createNotifier([mail.way], log).send(forMachines, signal)).sentBy).toEqual([]);
    expect((await createNotifier([], log).send(forMachines, signal)).sentBy).toEqual([]);
    expect(log.lines.length).toBe(before);
  });

  it("sends by each way whatever becomes of the others, and tells which failed", async () => {
    const [mail, hook] = [way("mail", fail), way("webhook")];
    const log = createRecordingLog();

    expect(await createNotifier([mail.way, hook.way], log).send(notice, signal)).toMatchObject({
      sentBy: ["webhook"],
      failed: [{ way: "mail", error: { code: "NETWORK" } }],
    });
    expect(hook.sent).toEqual([notice]);
    expect(log.lines.map(({ event }) => event).toSorted()).toEqual(["notice.failed", "notice.sent"]);
  });

  it("is stopped by its signal, and takes that for no failure of a way", async () => {
    const stop = async () => Promise.reject(new AppError("ABORTED", "Cannot send: stopped"));

    await expect(
      createNotifier([way("mail", stop).way], createRecordingLog()).send(notice, signal),
    ).rejects.toMatchObject({
      code: "ABORTED",
    });
  });

  it("without a way, a notice is a line of the log and no failure", async () => {
    const log = createRecordingLog();

    expect(await createNotifier([], log).send(notice, signal)).toEqual({ sentBy: [], failed: [], refused: [] });
    expect(log.lines).toEqual([
      { level: "warn", event: "notice.notConfigured", fields: { kind: "ask", addressees: 1 } },
    ]);
  });

  it("writes no name and no address into the log", async () => {
    const log = createRecordingLog();
    const mail = way("mail", async () => ["boss@contoso.com"]);
    await createNotifier([mail.way], log).send(notice, signal);
    await createNotifier([way("mail", fail).way], log).send(notice, signal);

    expect(JSON.stringify(log.lines)).not.toMatch(/Ada|@/);
  });
});
