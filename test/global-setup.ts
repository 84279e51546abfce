// Runs once, in the process that starts the test workers.
import { testCertificate } from "./helpers/test-certificate.ts";

/** Makes the workers trust the certificate that `testCertificate()` gives them. */
export async function setup(): Promise<void> {
  const certificate = await testCertificate();
  process.env.NODE_EXTRA_CA_CERTS = certificate.caFile;
}
