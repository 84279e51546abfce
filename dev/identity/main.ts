// Starts the simulated identity endpoint alone: `node dist/dev/identity/main.js --port 4321`. The first line on
// standard output is JSON with the values for the app's environment.
import { parseArgs } from "node:util";
import { startIdentitySimulator } from "./identity-server.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const simulator = await startIdentitySimulator({ port: Number(values.port) });
process.stdout.write(
  `${JSON.stringify({ address: simulator.address, identityEndpoint: simulator.endpoint, identityHeader: simulator.header })}\n`,
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void simulator.close());
