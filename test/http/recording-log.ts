// A log that keeps its lines.
import type { Log, LogFields } from "../../shared/ports.ts";

export type LogLine = { readonly level: string; readonly event: string; readonly fields: LogFields };

export type RecordingLog = Log & { readonly lines: readonly LogLine[] };

export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  return { ...levels(lines, {}), lines };
}

function levels(lines: LogLine[], bound: LogFields): Log {
  const write =
    (level: string) =>
    (event: string, fields: LogFields = {}) => {
      lines.push({ level, event, fields: { ...bound, ...fields } });
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    with: (fields) => levels(lines, { ...bound, ...fields }),
  };
}
