// @ts-check
// Writes the folder that is deployed, bundle/. Run: npm run bundle
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleApp } from "./bundle-app.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { outputs } = await bundleApp({ root, folder: join(root, "bundle") });
const sizes = Object.values(outputs).map(({ bytes }) => bytes);
const kilobytes = Math.round(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1000);
console.log(`bundle/: ${sizes.length} files of ${kilobytes} kB, and package.json and host.json`);
