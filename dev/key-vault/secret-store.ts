// The secrets of the simulated vault: every name has versions, the newest one is what a read without a version gets.
import { createHash } from "node:crypto";

export type SecretVersion = {
  readonly version: string;
  readonly value: string;
  readonly enabled: boolean;
  /** Epoch seconds, as Key Vault states them. */
  readonly created: number;
  readonly updated: number;
};

export type NewSecretVersion = { readonly value: string; readonly enabled?: boolean };

export type SecretStore = {
  /** The version, or the newest one; undefined when the vault has none. */
  get(name: string, version?: string): SecretVersion | undefined;
  /** Adds a version, which becomes the newest. */
  set(name: string, secret: NewSecretVersion): SecretVersion;
};

/** Secrets in memory. Names are compared without case, as Key Vault does. `now` gives epoch milliseconds. */
export function createSecretStore(now: () => number): SecretStore {
  const versionsByName = new Map<string, SecretVersion[]>();

  return {
    get(name, version) {
      const versions = versionsByName.get(name.toLowerCase());
      return version === undefined ? versions?.at(-1) : versions?.find((one) => one.version === version);
    },
    set(name, { value, enabled = true }) {
      const key = name.toLowerCase();
      const versions = versionsByName.get(key) ?? [];
      const seconds = Math.floor(now() / 1000);
      const version = versionId(key, versions.length);
      const added = { version, value, enabled, created: seconds, updated: seconds };
      versionsByName.set(key, [...versions, added]);
      return added;
    },
  };
}

// Key Vault's version ids are 32 random hex digits; these are the same ones in every run of the simulator.
function versionId(name: string, index: number): string {
  return createHash("sha256").update(`${name}/${index}`).digest("hex").slice(0, 32);
}
