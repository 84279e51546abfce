// A simulated HR system alone: `node dist/dev/hr/main.js --system scim --port 0 --workers 25 --seed 1`. The first line on
// standard output is JSON with its address and the secret that it takes.
import { parseArgs } from "node:util";
import { startHrServer } from "./hr-server.ts";
import { hrSystems } from "./systems.ts";

const { values } = parseArgs({
  options: {
    system: { type: "string", default: "scim" },
    port: { type: "string", default: "0" },
    workers: { type: "string", default: "25" },
    seed: { type: "string", default: "1" },
    "page-size": { type: "string", default: "100" },
    secret: { type: "string", default: "hr-secret" },
  },
});

const create = Object.hasOwn(hrSystems, values.system) ? hrSystems[values.system] : undefined;
if (create === undefined) {
  throw new Error(`Cannot start --system "${values.system}": expected one of ${Object.keys(hrSystems).join(", ")}`);
}
const server = await startHrServer(create(), {
  port: Number(values.port),
  workers: Number(values.workers),
  seed: Number(values.seed),
  pageSize: Number(values["page-size"]),
  secret: values.secret,
});
process.stdout.write(`${JSON.stringify({ address: server.address, system: values.system, secret: values.secret })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
