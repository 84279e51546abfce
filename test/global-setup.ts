// Runs once, in the process that starts the test workers.
import { chromiumPath, hasChromium } from "./helpers/has-chromium.ts";
import { testCertificate } from "./helpers/test-certificate.ts";

/** Makes the workers trust the certificate that `testCertificate()` gives them, and says what cannot be tested here. */
export async function setup(): Promise<void> {
  if (!hasChromium)
    process.stderr.write(`Left out: test/browser, because ${chromiumPath} is not there (apt-get install chromium)\n`);
  const certificate = await testCertificate();
  process.env.NODE_EXTRA_CA_CERTS = certificate.caFile;
}
