// The simulator with a certificate of its own: what the command line and the local stack start.
import type { ApimSimulator, ApimSimulatorOptions } from "./apim-simulator.ts";
import { createApimSimulator } from "./apim-simulator.ts";

export type StartApimOptions = Omit<ApimSimulatorOptions, "tls"> & {
  /** A certificate, or the folder to make one in. Without it plain HTTP. */
  readonly tls?:
    | { readonly key: string; readonly cert: string; readonly caFile?: string }
    | { readonly folder: string }
    | undefined;
};

/** Starts a simulator; its `caFile` is the certificate to trust when one was made. */
export async function startApimSimulator(options: StartApimOptions): Promise<ApimSimulator> {
  const { tls, ...rest } = options;
  if (tls === undefined) return createApimSimulator(rest);
  if ("key" in tls) return createApimSimulator({ ...rest, tls });
  // Only this path needs the generator of certificates, so only this path loads it.
  const { createCertificate } = await import("../certificate.ts");
  return createApimSimulator({ ...rest, tls: await createCertificate(tls.folder) });
}
