// A source that is a CSV file: opens it, reads all of it, and judges whether it was all.
import type { PeopleRead } from "../core/person.ts";
import { throwIfAborted } from "../http/aborted.ts";
import type { PeopleSource } from "../ports.ts";
import { judgeRead } from "./completeness.ts";
import { readCsv } from "./csv-reader.ts";
import type { CsvSettings } from "./csv-settings.ts";
import { guardedStream, type Progress } from "./guarded-stream.ts";
import { openLocation } from "./location.ts";
import { createMapping, type Mapping } from "./mapping.ts";
import { openLeftOut } from "./open-left-out.ts";
import type { SourceConfig } from "./source-config.ts";
import type { OpenedSource, SourceDeps } from "./source-deps.ts";
import { utf8Chunks } from "./text-encoding.ts";

/** @throws CONFIG_INVALID when the mapping cannot be used */
export function createCsvSource(config: SourceConfig & CsvSettings, deps: SourceDeps): PeopleSource {
  const mapping = createMapping(config, deps.expressions);
  return {
    name: config.name,
    async read(signal) {
      throwIfAborted(signal);
      const opened = await openLocation(config, deps, signal);
      try {
        return await readOpened(config, deps, mapping, opened, signal);
      } finally {
        await opened.close?.();
      }
    },
  };
}

async function readOpened(
  config: SourceConfig & CsvSettings,
  deps: SourceDeps,
  mapping: Mapping,
  opened: OpenedSource,
  signal: AbortSignal,
): Promise<PeopleRead> {
  const progress: Progress = { bytes: 0 };
  const chunks = utf8Chunks(guardedStream(config.name, opened.stream, progress, signal), config.encoding);
  const leftOut = openLeftOut(config.name, deps);
  const { stopped, ...result } = await readCsv(chunks, { ...config, source: config.name, mapping, leftOut }, signal);
  const changed = (await opened.changed?.()) === true;
  const faults = [
    ...result.faults,
    ...(progress.failure === undefined ? [] : [progress.failure]),
    ...(changed ? ["The file was written to while it was read"] : []),
  ];
  return judgeRead(
    {
      ...result,
      source: config.name,
      faults,
      // What was left unread on purpose is no difference of length.
      ...(stopped ? {} : { bytes: progress.bytes, expectedBytes: opened.size }),
      etag: opened.etag,
      modifiedAt: opened.modifiedAt,
    },
    { expect: config.expect, memory: deps.memory, now: deps.clock.now() },
  );
}
