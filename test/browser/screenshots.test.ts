// The pictures of docs/page.md and README.md, made from the sample. `SCREENSHOTS=1 npx vitest run test/browser` writes
// them anew; without it they are only taken.
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium } from "../helpers/has-chromium.ts";
import { blockedRunId } from "../helpers/ui-sample.ts";
import { openUi, signIn, type UiKit } from "./ui-kit.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const wide = { viewport: { width: 1180, height: 800 } };
const largest = 150_000;

const pictures: readonly (readonly [name: string, address: string, options: BrowserContextOptions])[] = [
  ["open-requests", "/api/ui", { ...wide, colorScheme: "light" }],
  ["request-dark", "/api/ui/requests/contoso/sub-ada", { ...wide, colorScheme: "dark" }],
  ["blocked-run", `/api/ui/runs/${blockedRunId}`, { viewport: { width: 1180, height: 1000 }, colorScheme: "light" }],
  [
    "phone",
    "/api/ui/requests/contoso/sub-ada",
    { viewport: { width: 390, height: 1000 }, isMobile: true, colorScheme: "light" },
  ],
];

describe.skipIf(!hasChromium)("the pictures of the page", { timeout: 120_000 }, () => {
  let kit: UiKit;
  beforeAll(async () => {
    kit = await openUi();
  });
  afterAll(() => kit.close());

  it.each(pictures)("%s is small, and stands in docs/page.md", async (name, address, options) => {
    const { page } = await kit.newPage(options);
    await signIn(page, "olga.operator@contoso.com");
    await page.goto(address);
    // The bar at the side says nothing in a picture.
    await page.evaluate("document.documentElement.style.overflow = 'hidden'");
    const picture = await page.screenshot();
    if (process.env.SCREENSHOTS !== undefined) await writeFile(`${root}docs/images/${name}.png`, picture);

    expect(picture.length).toBeLessThan(largest);
    expect(readFileSync(`${root}docs/images/${name}.png`).length).toBeLessThan(largest);
    expect(readFileSync(`${root}docs/page.md`, "utf8")).toContain(`images/${name}.png`);
  });
});
