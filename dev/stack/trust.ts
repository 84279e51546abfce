// Node reads the certificates that it trusts once, as it starts. So a program of the local stack makes its certificate
// and then starts itself again with it.
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { type Certificate, createCertificate } from "../certificate.ts";

/** Runs `main` with the certificate trusted; in the first process, a second one that does. */
export async function withTrustedCertificate(
  folder: string,
  main: (certificate: Certificate) => Promise<void>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const certificate = await createCertificate(folder);
  if (process.env.NODE_EXTRA_CA_CERTS === certificate.caFile) return main(certificate);
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate.caFile };
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], { env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}
