// The simulated Key Vault alone: `node dist/dev/key-vault/main.js --port 0 --secret apim-sas-primary=VALUE`. The first
// line on standard output is JSON with the address and the file of the certificate to trust (NODE_EXTRA_CA_CERTS).
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createCertificate } from "../certificate.ts";
import { startKeyVaultSimulator } from "./key-vault-simulator.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    secret: { type: "string", multiple: true, default: [] },
    certificate: { type: "string" },
  },
});

const folder = resolve(values.certificate ?? (await mkdtemp(join(tmpdir(), "key-vault-"))));
const certificate = await createCertificate(folder);
const vault = await startKeyVaultSimulator({
  port: Number(values.port),
  tls: { key: certificate.key, cert: certificate.cert },
  secrets: Object.fromEntries(values.secret.map(splitSecret)),
});
process.stdout.write(`${JSON.stringify({ address: vault.address, caFile: certificate.caFile })}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void vault.close());

function splitSecret(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new Error(`Cannot read --secret: it has no name before an equals sign, expected NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}
