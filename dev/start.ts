// `npm start`: the local stack, up until it is stopped.
import { fileURLToPath } from "node:url";
import { delegationLink } from "./apim/delegation-link.ts";
import { inventRow } from "./stack/people-file.ts";
import { PortTaken } from "./stack/require-free.ts";
import { startStack } from "./stack/stack.ts";
import { withTrustedCertificate } from "./stack/trust.ts";

/** A stack that is up already is no defect, so it gets its sentence and no trace. */
function sayPortTaken(error: unknown): undefined {
  if (!(error instanceof PortTaken)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const ports = { host: 7071, apim: 9100, keyVault: 9101, identity: 9102, mails: 9103 };

await withTrustedCertificate(`${root}.local`, async (certificate) => {
  const people = Array.from({ length: 60 }, (_, number) => inventRow(number));
  const stack = await startStack({
    root,
    folder: `${root}.local/start`,
    certificate,
    people,
    ports,
    latencyMs: 5,
    timers: "scheduled",
  }).catch(sayPortTaken);
  if (stack === undefined) return;
  const { host, apim, keys } = stack;
  const fromPortal = delegationLink(
    { operation: "SignIn", returnUrl: "/" },
    { endpoint: `${host.address}/api/delegation`, validationKey: apim.validationKeys.primary },
  );
  const settings = Object.entries({ NODE_EXTRA_CA_CERTS: certificate.caFile, ...stack.env }).map(
    ([name, value]) => `  export ${name}='${value}'`,
  );
  console.log(`The local stack is up. Stop it with Ctrl+C; its state is kept in memory.

  Page              ${host.address}/api/ui  (sign in as anybody)
  Rollcall          ${host.address}/api     functions: ${host.functions.join(", ")}
  API Management    ${apim.address}   (simulator; look at ${apim.address}/_sim/state)
  Key Vault         ${stack.keyVault}   (simulator)
  Identity          ${stack.identity}   (simulator)
  Storage           ${stack.storage.blob}   (Azurite)
  Mails             ${stack.mails}   (what approvers and others were sent, with their links)

  Function key      ${keys.default}
  Accepting key     ${keys.accept}
  Master key        ${keys.master}

  People            ${stack.peopleFile}   (edit it, then ask for a run)
  Rules             ${stack.rulesFile}
  Log               ${stack.logFile}

Ask for a run:
  curl -X POST ${host.address}/api/sync -H 'x-functions-key: ${keys.default}' -d '{"target":"contoso","mode":"apply"}'
See the runs:
  curl ${host.address}/api/runs -H 'x-functions-key: ${keys.default}'
Fire the timer, as the host does every five minutes:
  curl -X POST ${host.address}/admin/functions/sync-timer -H 'x-functions-key: ${keys.master}' -H 'content-type: application/json' -d '{}'
Come from the developer portal, once (after a run; sign in with an EntraObjectId of the people's file):
  ${fromPortal}
Use the command line on the same state (in another terminal):
${settings.join("\n")}
  node dist/cli/main.js plan`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
  await stack.close();
});
