// The simulated mailbox alone: `node dist/dev/mail/main.js --port 2525 --control-port 0`. The first line on standard
// output is JSON with the value for ROLLCALL_SMTP_URL and the address of the routes that show what came.
import { parseArgs } from "node:util";
import { startMailbox } from "./mailbox.ts";
import { startMailboxControl } from "./mailbox-control.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, "control-port": { type: "string", default: "0" } },
});

const mailbox = await startMailbox({ port: Number(values.port) });
const control = await startMailboxControl(mailbox, Number(values["control-port"]));
process.stdout.write(`${JSON.stringify({ smtp: `smtp://127.0.0.1:${mailbox.port}`, address: control.address })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void Promise.all([mailbox.close(), control.close()]));
}
