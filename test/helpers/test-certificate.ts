// The TLS certificate that every test shares. The global setup makes it before the workers start, because Node reads
// NODE_EXTRA_CA_CERTS only once, when a process starts.
import { fileURLToPath } from "node:url";
import { type Certificate, createCertificate } from "../../dev/certificate.ts";

const folder = fileURLToPath(new URL("../../.local/test-certificate", import.meta.url));

/** A certificate for `localhost` and `127.0.0.1` that this process trusts. */
export function testCertificate(): Promise<Certificate> {
  return createCertificate(folder);
}
