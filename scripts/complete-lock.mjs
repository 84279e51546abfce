// @ts-check
// Completes package-lock.json after an `npm install` that could not read the metadata of another platform's binary
// package: npm then leaves that optional package out of the lock, and refuses the lock at the next `npm ci`. Each such
// package has its exact version in the package that wants it and its platform in its name, which is all a lock needs.
// Run: npm run lock
import { readFileSync, writeFileSync } from "node:fs";

/** @typedef {{ version?: string, dev?: boolean, optionalDependencies?: Record<string, string> }} LockEntry */

const file = new URL("../package-lock.json", import.meta.url);
const platform =
  /[-/](?<os>aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(?<cpu>arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)(?:-(?<abi>\w+))?$/;

/** @type {{ packages: Record<string, LockEntry & Record<string, unknown>> }} */
const lock = JSON.parse(readFileSync(file, "utf8"));
const locked = Object.keys(lock.packages);

/** @type {string[]} */
const added = [];
for (const wanting of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(wanting.optionalDependencies ?? {})) {
    const parts = platform.exec(name)?.groups;
    if (parts === undefined || locked.some((path) => path.endsWith(`node_modules/${name}`))) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [parts.cpu],
      ...(wanting.dev === true ? { dev: true } : {}),
      ...(parts.os === "linux" && parts.abi !== undefined
        ? { libc: [parts.abi.startsWith("musl") ? "musl" : "glibc"] }
        : {}),
      optional: true,
      os: [parts.os],
    };
    added.push(`${name}@${version}`);
  }
}

if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(added.length === 0 ? "package-lock.json is complete" : `Added to package-lock.json: ${added.join(", ")}`);
