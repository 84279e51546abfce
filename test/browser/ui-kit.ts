// A page with the sample on it, and a browser in front of it that notes everything that it complains about.
import type { BrowserContextOptions, Page } from "playwright-core";
import { fillSample } from "../helpers/ui-sample.ts";
import { serveUi } from "../helpers/ui-server.ts";
import { createUiStage, type UiStage } from "../helpers/ui-stage.ts";
import { type OpenedBrowser, openChromium } from "./chromium.ts";

export type UiKit = {
  readonly stage: UiStage;
  readonly address: string;
  /** A page of a browser that knows nobody yet. */
  readonly newPage: (options?: BrowserContextOptions) => Promise<WatchedPage>;
  close(): Promise<void>;
};

export type WatchedPage = {
  readonly page: Page;
  /** What the console said, and what could not be loaded. */
  readonly complaints: readonly string[];
};

/** Serves the sample to whoever signs in with the local sign-in. */
export async function openUi(): Promise<UiKit> {
  const stage = await createUiStage({
    settings: { localSignIn: true, authenticationIsOn: false },
    publicBaseUrl: "none",
  });
  await fillSample(stage);
  const server = await serveUi(stage);
  let opened: OpenedBrowser;
  try {
    opened = await openChromium();
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    stage,
    address: server.address,
    async newPage(options) {
      const context = await opened.browser.newContext({ baseURL: server.address, ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText ?? ""}`));
      return { page, complaints };
    },
    async close() {
      await opened.close();
      await server.close();
    },
  };
}

/** Signs in as one of the invented people, by address, or as anybody else without a role. */
export async function signIn(page: Page, address: string): Promise<void> {
  await page.goto("/api/ui/sign-in");
  const listed = page.getByRole("button", { name: `Sign in as ${address}` });
  if ((await listed.count()) > 0) await listed.click();
  else {
    await page.getByLabel("Address").fill(address);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  }
  await page.waitForURL("**/api/ui");
}

/** Presses Tab until the element has the focus. @throws when the whole page was gone through without it */
export async function tabTo(page: Page, role: "link" | "button" | "textbox" | "checkbox", name: string): Promise<void> {
  const wanted = page.getByRole(role, { name });
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await wanted.and(page.locator(":focus")).count()) > 0) return;
  }
  throw new Error(`Tab does not reach the ${role} "${name}"`);
}
