// @ts-check
// The built app in a process of its own, for test/e2e/kill.test.ts: works on one slice of a run for each message of its
// parent, until it is killed or its parent goes away. It says "ready" once the heavy libraries are loaded, so that the
// next process can start while this one works.

/** @typedef {{ readonly settings: Readonly<Record<string, string>>, readonly runId: string }} Work */

const warm = [
  "@azure/data-tables",
  "@azure/identity",
  "@azure/keyvault-secrets",
  "@azure/storage-blob",
  "@azure/storage-queue",
  "@marcbachmann/cel-js",
  "csv-parse",
  "node-fetch",
  "temporal-polyfill",
  "yaml",
  "zod",
];

// By an address that is computed: the type check also runs where nothing is built.
const built = new URL("../../dist/shared/", import.meta.url).href;
const [{ createApp }, { runSlice }] = await Promise.all([
  import(`${built}app.js`),
  import(`${built}flows/run-slice.js`),
  ...warm.map((name) => import(name)),
]);

const log = { debug() {}, info() {}, warn() {}, error() {}, with: () => log };

/** @param {Work} work */
async function slice({ settings, runId }) {
  const app = await createApp(settings);
  const options = { sliceMs: 600_000, lastAttempt: false };
  return (await runSlice(runId, await app.world(log), options, new AbortController().signal)).status;
}

process.on("disconnect", () => process.exit());
process.on("message", (/** @type {Work} */ work) => {
  slice(work).then(
    (status) => process.send?.({ status }),
    (error) => process.send?.({ error: String(error) }),
  );
});
process.send?.("ready");
