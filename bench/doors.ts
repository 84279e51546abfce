// How long each door takes to answer on a warm app: the real app in the local Functions host, with Azurite and the
// simulators behind it, asked over HTTP.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCertificate } from "../dev/certificate.ts";
import { measure } from "./measured.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import type { Facts } from "./task.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const goalMs = 1_000;

const factPattern = /^(?<door>.*): (?<fact>p50|p95|max|times)$/;

/** The facts of one door stand one behind the other, by name. */
function describe(facts: Facts): readonly Measurement[] {
  const doors = new Set(Object.keys(facts).flatMap((name) => factPattern.exec(name)?.groups?.door ?? []));
  return [...doors].map((door) => {
    const fact = (name: string): number => Math.round(facts[`${door}: ${name}`] ?? 0);
    const milliseconds = { p50: fact("p50"), p95: fact("p95"), max: fact("max"), times: fact("times") };
    const { p50, p95, max, times } = milliseconds;
    return {
      what: `${door}: ${p50} ms, 95th percentile ${p95} ms, the longest of ${times} ${max} ms`,
      seconds: p95 / 1000,
      milliseconds,
      against: { what: "the longest against a second", ratio: max / goalMs, goal: 1 },
    };
  });
}

export const doors: Benchmark = {
  name: "doors",
  async run(folder) {
    const own = join(folder, "doors");
    // The process trusts it from its start.
    const { caFile } = await createCertificate(own);
    const { facts } = await measure({ kind: "doors", root, folder: own }, { NODE_EXTRA_CA_CERTS: caFile });
    return { name: "doors", title: "Doors of a warm app on the local stack", lines: describe(facts) };
  },
};
