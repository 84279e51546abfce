// One measured task: reads it from the command line, runs it, prints what it took.
import { type Facts, parseTask, type Report, type Task } from "./task.ts";

async function runnerOf(task: Task): Promise<() => Promise<Facts>> {
  switch (task.kind) {
    case "ours": {
      const { runOurs } = await import("./ours.ts");
      return () => runOurs(task);
    }
    case "queueWorker": {
      const { runQueueWorker } = await import("./queue-worker.ts");
      return () => runQueueWorker(task);
    }
    case "doors": {
      const { askDoors } = await import("./ask-doors.ts");
      return () => askDoors(task);
    }
    case "eventBurst": {
      const { sendBurst } = await import("./send-burst.ts");
      return () => sendBurst(task);
    }
    case "fairScript": {
      const { runFairScript } = await import("./fair-script.ts");
      return () => runFairScript(task);
    }
    case "usualScript": {
      const { runUsualScript } = await import("./usual-script.ts");
      return () => runUsualScript(task);
    }
    case "bareCalls": {
      const { runBareCalls } = await import("./bare-calls.ts");
      return () => runBareCalls(task);
    }
    case "receive": {
      const { receive } = await import("./receive.ts");
      return () => receive(task.endpoint);
    }
    case "readPeople": {
      const { readWorkers } = await import("./read-workers.ts");
      return () => readWorkers(task.hrFile, task.scope);
    }
    case "parseCsv": {
      const { parseCsv } = await import("./parse-csv.ts");
      return () => parseCsv(task.hrFile);
    }
  }
}

const run = await runnerOf(parseTask(process.argv[2] ?? ""));
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const facts = await run();
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
// maxRSS is in KiB, processor times are in microseconds.
const report: Report = {
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakMb: (process.resourceUsage().maxRSS * 1024) / 1e6,
  facts,
};
process.stdout.write(JSON.stringify(report));
// Sockets that are kept alive would keep the process as well.
process.exit(0);
