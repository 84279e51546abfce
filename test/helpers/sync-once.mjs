// @ts-check
// Runs one sync of the app in a folder, in the local Functions host with everything that the app talks to, in plain Node:
// a test runner would load the app's files in a way of its own. Prints what came of it as one line of JSON.
// Run: node test/helpers/sync-once.mjs APP_FOLDER WORK_FOLDER CERTIFICATE_FOLDER, with the certificate trusted
const [root, folder, certificateFolder] = process.argv.slice(2);

/** @param {string} path a file of the built dev/ */
function load(path) {
  return import(new URL(`../../dist/dev/${path}`, import.meta.url).href);
}

const { createCertificate } = await load("certificate.js");
const { startStack } = await load("stack/stack.js");
const { inventRow } = await load("stack/people-file.js");

const stack = await startStack({
  root,
  folder,
  certificate: await createCertificate(certificateFolder),
  people: Array.from({ length: 3 }, (_, number) => inventRow(number)),
  ports: { host: 0, apim: 0, keyVault: 0, identity: 0 },
  latencyMs: 0,
});
const headers = { "x-functions-key": stack.keys.default };
const body = JSON.stringify({ target: "contoso", mode: "apply" });
const asked = await fetch(`${stack.host.address}/api/sync`, { method: "POST", headers, body });
await stack.host.idle();
const shown = await fetch(new URL(asked.headers.get("location") ?? "", stack.host.address), { headers });
const run = await shown.json();
process.stdout.write(`${JSON.stringify({ run, users: stack.apim.state().users.length })}\n`);
await stack.close();
process.exit();
