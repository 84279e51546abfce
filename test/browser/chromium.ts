// Debian's Chromium, driven by playwright-core.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { chromiumPath } from "../helpers/has-chromium.ts";

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export type OpenedBrowser = { readonly browser: Browser; close(): Promise<void> };

/** A browser with a profile of its own, which is deleted with it. It goes nowhere by itself. */
export async function openChromium(): Promise<OpenedBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "rollcall-chromium-"));
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    ignoreDefaultArgs: true,
    args: [...args, "--remote-debugging-pipe", `--user-data-dir=${profile}`],
  });
  return {
    browser,
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
