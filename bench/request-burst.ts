// A burst of events: each request's event comes twice, in any order, a hundredth is lost and found by the sweep; two
// processes look. How many decisions a second, and how long from the burst to a decision, without the simulator's time.
import { lookAtRequest } from "../shared/flows/look-at-request.ts";
import { sweepRequests } from "../shared/flows/sweep-requests.ts";
import type { RequestMessage } from "../shared/request-ports.ts";
import type { Benchmark, BenchmarkResult } from "./measurement.ts";
import { quantile } from "./quantile.ts";
import { type RequestBench, startRequestBench } from "./request-world.ts";

const people = 10_000;
const armReadsPerSecond = 25;
const processes = 2;
/** Looks under way at once in each process. */
const atOnce = 16;
const signal = new AbortController().signal;

function shuffled<T>(items: readonly T[]): readonly T[] {
  let state = 42;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  return items
    .map((item) => ({ item, order: next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

/** One decision: milliseconds from the burst, requests made until then, and how long the look took that decided. */
type Decided = { readonly ms: number; readonly requests: number; readonly lookMs: number };

type Burst = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  readonly decided: readonly Decided[];
};

/** Looks at everything. */
async function work(messages: readonly RequestMessage[], bench: RequestBench): Promise<Burst> {
  const left = messages.values();
  const seen = new Set<string>();
  const decided: Decided[] = [];
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const before = bench.requests();
  const lane = async (): Promise<void> => {
    for (const message of left) {
      const begun = performance.now();
      await lookAtRequest(message, bench.world, { lastAttempt: false }, signal);
      if (seen.has(message.subscription)) continue;
      seen.add(message.subscription);
      const now = performance.now();
      decided.push({ ms: now - startedAt, requests: bench.requests() - before, lookMs: now - begun });
    }
  };
  await Promise.all(Array.from({ length: processes * atOnce }, lane));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, cpuSeconds: (user + system) / 1_000_000, requests: bench.requests() - before, decided };
}

async function checkAll(bench: RequestBench): Promise<void> {
  for (let number = 0; number < people; number += 1) {
    const found = await bench.world.requests.getRequest("contoso", `s${number}`, signal);
    if (found === undefined || !["answered", "asked"].includes(found.value.status))
      throw new Error(`Cannot count the burst: request s${number} is ${found?.value.status ?? "lost"}`);
  }
  const effects = bench.simulator.store.mails.length;
  const answered = await bench.world.requests.listRequests({ status: ["answered"], limit: people }, signal);
  if (effects !== answered.length)
    throw new Error(`Cannot count the burst: ${answered.length} answers were written ${effects} times`);
}

export const requestBurst: Benchmark = {
  name: "requests",
  async run(_folder, say): Promise<BenchmarkResult> {
    const bench = await startRequestBench(people);
    try {
      const all = Array.from({ length: people }, (_, number) => `s${number}`);
      const arriving = all.filter((_, number) => number % 100 !== 0);
      const toMessage = (subscription: string): RequestMessage => ({ target: "contoso", subscription, via: "event" });
      say(`${arriving.length * 2} events of ${people} requests`);
      const burst = await work(shuffled([...arriving, ...arriving].map(toMessage)), bench);
      const later = { ...bench.world, clock: { now: () => Date.now() + 180_000 } };
      await sweepRequests(["contoso"], later, signal);
      await work(bench.take(), bench);
      await checkAll(bench);
      const simulatorMs = await bench.simulatorMs();
      const ownSeconds = burst.seconds - (burst.requests * simulatorMs) / 1000;
      const count = burst.decided.length;
      const waits = burst.decided.map(({ ms, requests }) => (ms - requests * simulatorMs) / 1000);
      const looks = burst.decided.map(({ lookMs }) => lookMs / 1000);
      return {
        name: "requests",
        title: `A burst of ${people} requests: every event twice, in any order, one in a hundred lost`,
        lines: [
          {
            what: `${Math.round(count / ownSeconds)} decisions a second without the simulator's own time, ${Math.round(count / burst.seconds)} with it`,
            seconds: burst.seconds,
            cpuSeconds: burst.cpuSeconds,
            requests: burst.requests,
            armSeconds: burst.requests / armReadsPerSecond,
          },
          {
            what: "From the burst to the decision, 95th percentile, without the simulator's own time",
            seconds: quantile(waits, 0.95),
          },
          {
            what: `One look that decides, 95th percentile, ${processes * atOnce} under way at once`,
            seconds: quantile(looks, 0.95),
          },
        ],
      };
    } finally {
      await bench.simulator.close();
    }
  },
};
