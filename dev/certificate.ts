// The TLS certificate of the local stack: the Azure clients refuse to send a token over plain HTTP, so the simulated
// services speak TLS on loopback with a self-signed certificate that the app trusts through NODE_EXTRA_CA_CERTS.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";

const dayMs = 24 * 60 * 60 * 1000;
const validDays = 365;
const reuseDays = 7;

export type Certificate = {
  readonly keyFile: string;
  readonly certFile: string;
  /** For NODE_EXTRA_CA_CERTS; the certificate is its own issuer. */
  readonly caFile: string;
  /** PEM texts. */
  readonly key: string;
  readonly cert: string;
};

/** The certificate for `localhost` and `127.0.0.1` in that folder: the one that is there while it is valid for at
 * least seven days more, otherwise a new one. */
export async function createCertificate(folder: string, options: { readonly now?: number } = {}): Promise<Certificate> {
  const now = options.now ?? Date.now();
  const keyFile = join(folder, "localhost-key.pem");
  const certFile = join(folder, "localhost-cert.pem");
  const files = { keyFile, certFile, caFile: certFile };

  const [key, cert] = await Promise.all([readOptional(keyFile), readOptional(certFile)]);
  if (key !== undefined && cert !== undefined && isUsable(key, cert, now)) return { ...files, key, cert };

  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now - dayMs),
    notAfterDate: new Date(now + validDays * dayMs),
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  await mkdir(folder, { recursive: true });
  await writeWhole(keyFile, made.private);
  await writeWhole(certFile, made.cert);
  return { ...files, key: made.private, cert: made.cert };
}

function isUsable(key: string, cert: string, now: number): boolean {
  try {
    const parsed = new X509Certificate(cert);
    // Two starts at once may have left a key and a certificate that are no pair.
    return Date.parse(parsed.validTo) >= now + reuseDays * dayMs && parsed.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

/** A reader never sees half a file. */
async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
