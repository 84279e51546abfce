// The simulated service in a process of its own, so that its time and memory are not counted in anybody's.
import { createApimSimulator } from "../dev/apim/apim-simulator.ts";
import { createTokenBuckets } from "../dev/apim/token-buckets.ts";
import { createCompany } from "./company.ts";
import { fillService } from "./fill-service.ts";
import { simulatorJob, toEndpoint } from "./simulator-job.ts";

async function main(): Promise<void> {
  const { company, armLimits, latencyMs, services, sharedLimits } = simulatorJob.parse(
    JSON.parse(process.argv[2] ?? ""),
  );
  const today = new Date().toISOString().slice(0, 10);
  const sharedBuckets = sharedLimits && armLimits !== undefined ? createTokenBuckets(armLimits) : undefined;
  const endpoints = [];
  for (let service = 0; service < services; service += 1) {
    const simulator = await createApimSimulator({ armLimits, sharedBuckets, latencyMs });
    if (company !== undefined) fillService(simulator, createCompany(company), today);
    endpoints.push(toEndpoint(simulator));
  }
  process.stdout.write(`${JSON.stringify(endpoints)}\n`);
  // Ends with the process that started it, however that ends.
  process.stdin.on("end", () => process.exit(0)).resume();
}

await main();
