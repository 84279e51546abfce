import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import type { PeopleRead } from "../../shared/core/person.ts";
import { askAbout, readPeople, reportSources } from "../../shared/flows/read-people.ts";
import type { PeopleSource } from "../../shared/ports.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { aPerson, aPolicy, aRead } from "../helpers/core-builders.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const clock = { now: () => 1_000, sleep: async () => undefined };
const world = () => ({ clock, log: createRecordingLog(), store: createMemoryRunStore({ clock }) });

/** A system that can be asked about one worker. */
class OneByOne implements PeopleSource {
  readonly name = "hr";
  readonly asked: string[] = [];
  async read(): Promise<PeopleRead> {
    this.asked.push("everybody");
    return aRead([aPerson("1"), aPerson("2")]).read;
  }
  async readWorker(employeeNumber: string): Promise<PeopleRead> {
    this.asked.push(employeeNumber);
    return aRead([], { completeness: "incomplete" }).read;
  }
}

describe("askAbout()", () => {
  it("asks a source about the worker alone, and remembers nothing of such a read", async () => {
    const source = new OneByOne();
    const here = world();
    const reads = await readPeople([{ source, spaces: ["employee"] }].map(askAbout("employee/10%2F2")), here, signal);

    expect(source.asked).toEqual(["10/2"]);
    expect(reads).toMatchObject([{ read: { completeness: "incomplete" }, spaces: ["employee"] }]);
    expect(await here.store.getSourceMemory("hr", signal)).toBeUndefined();
  });

  it("does not ask a source that cannot hold the worker: nobody is missing from it", async () => {
    const source = new OneByOne();
    const whole: PeopleSource = { name: "csv", read: () => source.read() };
    const others = [source, whole].map((each) => ({ source: each, spaces: ["contingent"] }));
    const here = world();
    const reads = await readPeople(others.map(askAbout("employee/1")), here, signal);

    expect(source.asked).toEqual([]);
    expect(reads.map(({ read }) => [read.source, read.completeness, read.people, read.evidence.partial])).toEqual([
      ["hr", "incomplete", [], "worker"],
      ["csv", "incomplete", [], "worker"],
    ]);
    expect(here.log.lines.map(({ level }) => level)).toEqual(["info", "info"]);
    expect(await here.store.getSourceMemory("csv", signal)).toBeUndefined();
  });

  it("has everybody read where the source cannot be asked, or nobody is named", async () => {
    const source = new OneByOne();
    const whole: PeopleSource = { name: "csv", read: () => source.read() };
    for (const [spaced, worker] of [
      [{ source: whole, spaces: ["employee"] }, "employee/1"],
      [{ source, spaces: ["employee"] }, undefined],
    ] as const)
      await readPeople([askAbout(worker)(spaced)], world(), signal);
    await readPeople([askAbout("contingent/7")({ source, spaces: "any" })], world(), signal);

    expect(source.asked).toEqual(["everybody", "everybody", "7"]);
  });
});

describe("a source that cannot be read", () => {
  const away = new AppError("SOURCE_UNAVAILABLE", 'Cannot open "/exports/people.csv": it is not there');
  const broken: PeopleSource = { name: "hr", read: () => Promise.reject(away), readWorker: () => Promise.reject(away) };

  it("is an incomplete read, and the log says why in the words of the failure", async () => {
    const here = world();
    const [spaced] = await readPeople([{ source: broken, spaces: "any" }], here, signal);

    expect(spaced?.read).toMatchObject({
      completeness: "incomplete",
      evidence: { incompleteBecause: [away.message] },
    });
    expect(here.log.lines).toEqual([
      {
        level: "warn",
        event: "people.unreadable",
        fields: { source: "hr", code: "SOURCE_UNAVAILABLE", because: away.message },
      },
    ]);
  });

  it("is logged by its code alone where one worker was asked about: the address may hold the number", async () => {
    const here = world();
    await readPeople([askAbout("employee/1")({ source: broken, spaces: "any" })], here, signal);

    expect(here.log.lines.map(({ fields }) => fields.because)).toEqual([undefined]);
  });
});

describe("reportSources()", () => {
  it("reports what is wrong now and remembers nothing, also where a source cannot be read", async () => {
    const people = [aPerson("1"), aPerson("2", { email: "p1@contoso.com" })];
    const good: PeopleSource = { name: "hr", read: async () => aRead(people).read };
    const broken: PeopleSource = { name: "agency", read: () => Promise.reject(new Error("away")) };
    const here = { log: createRecordingLog(), now: Date.parse("2026-03-02T09:00:00Z") };
    const away: PeopleSource = {
      name: "interns",
      read: () => Promise.reject(new AppError("SOURCE_UNAVAILABLE", "Cannot read: it is away")),
    };
    const spaced = [good, away].map((source) => ({ source, spaces: ["employee"] }));
    const { report, sources } = await reportSources(spaced, aPolicy(), here, signal);

    expect(report.counts).toEqual({ sharedAddress: 2 });
    expect(sources).toMatchObject([
      { source: "hr", completeness: "complete", people: 2 },
      { source: "interns", completeness: "incomplete", incompleteBecause: ["Cannot read: it is away"] },
    ]);
    await expect(reportSources([{ source: broken, spaces: "any" }], aPolicy(), here, signal)).rejects.toMatchObject({
      code: "BUG",
    });
  });
});
