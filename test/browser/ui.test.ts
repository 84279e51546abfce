// The page as people meet it: with a keyboard alone, on a phone, in the dark, without script, read aloud.
import { createServer } from "node:http";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium } from "../helpers/has-chromium.ts";
import { blockedRunId } from "../helpers/ui-sample.ts";
import { people } from "../helpers/ui-stage.ts";
import { openUi, signIn, tabTo, type UiKit } from "./ui-kit.ts";

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
/** A browser takes its time on a machine that does other things as well. */
const timeout = 120_000;
const operator = "olga.operator@contoso.com";
const addresses = [
  "/api/ui",
  "/api/ui/history",
  "/api/ui/requests/contoso/sub-ada",
  "/api/ui/requests/contoso/sub-over-1",
  "/api/ui/runs",
  `/api/ui/runs/${blockedRunId}`,
  `/api/ui/runs/${blockedRunId}?kind=updateUser`,
  "/api/ui/failed",
  "/api/ui/nothing",
  "/api/ui/sign-in",
];

/** What axe-core finds, one line for each kind of finding. `rules`: only these. */
async function violationsOn(page: Page, rules: readonly string[] | undefined): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const options = { resultTypes: ["violations"], ...(rules !== undefined && { runOnly: rules }) };
  const found: unknown = await page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`,
  );
  return Array.isArray(found) ? found.map(String) : ["no answer"];
}

describe.skipIf(!hasChromium)("the page in Chromium", { timeout }, () => {
  let kit: UiKit;
  beforeAll(async () => {
    kit = await openUi();
  });
  afterAll(() => kit.close());

  it("lets a request be approved with the keyboard alone", async () => {
    const { page, complaints } = await kit.newPage();
    await page.goto("/api/ui/sign-in");
    await tabTo(page, "button", "Sign in as anton.approver@contoso.com");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/api/ui");
    await tabTo(page, "link", "Ada Berg asks for Payments API");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/sub-ada");
    await tabTo(page, "textbox", "Comment for the developer");
    await page.keyboard.type("Welcome");
    await tabTo(page, "button", "Approve");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/sub-ada?note=approved");

    expect(await page.getByRole("status").textContent()).toContain("You approved the request");
    expect((await kit.stage.record("sub-ada"))?.answer).toMatchObject({
      answer: "approve",
      by: "anton.approver@contoso.com",
      comment: "Welcome",
    });
    expect(complaints).toEqual([]);
  });

  it("lets the keyboard jump to the content, and shows where it is", async () => {
    const { page } = await kit.newPage();
    await signIn(page, operator);
    await page.keyboard.press("Tab");
    const outline: unknown = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    const name = await page.locator(":focus").textContent();
    await page.keyboard.press("Enter");

    expect([name, outline]).toEqual(["Skip to the content", "solid"]);
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
  });

  it("works without script: a plan is accepted", async () => {
    const { page } = await kit.newPage({ javaScriptEnabled: false });
    await signIn(page, operator);
    await page.goto(`/api/ui/runs/${blockedRunId}`);
    await page.getByRole("checkbox").check();
    await page.getByRole("button", { name: "Accept and apply 71 changes" }).click();

    await page.getByText("You accepted the plan").waitFor();
    expect(kit.stage.runMessages).toHaveLength(1);
  });

  it("takes a decision by link from the person who was asked", async () => {
    const { page, complaints } = await kit.newPage();
    await signIn(page, people.owner.address);
    await page.goto(kit.stage.link("sub-carmen", "for-owner"));
    await page.getByLabel("Comment for the developer").fill("Not for reports");
    await page.getByRole("button", { name: "Reject" }).click();

    await page.getByText("This question is over").waitFor();
    expect((await kit.stage.record("sub-carmen"))?.answer).toMatchObject({
      answer: "reject",
      comment: "Not for reports",
    });
    expect(complaints).toEqual([]);
  });

  it.each([
    ["light", { colorScheme: "light" }, undefined],
    ["the colours of the dark", { colorScheme: "dark" }, ["color-contrast", "link-in-text-block"]],
    ["on a phone", { colorScheme: "light", ...phone }, undefined],
  ] as const)("has nothing for axe-core to find, nor for the console to say: %s", async (_, options, rules) => {
    const { page, complaints } = await kit.newPage(options);
    await signIn(page, operator);
    const found: string[] = [];
    for (const address of addresses) {
      await page.goto(address);
      found.push(...(await violationsOn(page, rules)).map((violation) => `${address}: ${violation}`));
    }

    expect(found).toEqual([]);
    expect(complaints.filter((text) => !text.includes("404 (Not Found)"))).toEqual([]);
  });

  it("fits a phone: nothing is wider than the screen, and buttons are large enough to hit", async () => {
    const { page } = await kit.newPage(phone);
    await signIn(page, operator);
    const wide: string[] = [];
    for (const address of addresses) {
      await page.goto(address);
      const width: unknown = await page.evaluate("document.documentElement.scrollWidth");
      if (width !== phone.viewport.width) wide.push(`${address}: ${width}`);
    }
    await page.goto("/api/ui/requests/contoso/sub-unknown");
    const box = await page.getByRole("button", { name: "Approve" }).boundingBox();

    expect(wide).toEqual([]);
    expect(box?.height).toBeGreaterThanOrEqual(44);
  });

  it("moves nothing for who wants no motion, and follows light and dark", async () => {
    const look =
      "[getComputedStyle(document.querySelector('.button')).transitionDuration, getComputedStyle(document.body).backgroundColor].join(' ')";
    const of = async (options: Parameters<UiKit["newPage"]>[0]): Promise<unknown> => {
      const { page } = await kit.newPage(options);
      await page.goto("/api/ui/sign-in");
      return page.evaluate(look);
    };

    expect(await of({ reducedMotion: "reduce", colorScheme: "light" })).toBe("0s rgb(245, 244, 240)");
    expect(await of({ reducedMotion: "no-preference", colorScheme: "dark" })).toMatch(/^0\.12s.* rgb\(20, 23, 26\)$/);
  });

  it("refuses a form that another site has the browser send, and lets nobody frame it", async () => {
    const { page } = await kit.newPage();
    await signIn(page, "anton.approver@contoso.com");
    await page.goto("/api/ui/requests/contoso/sub-unknown");
    const token = await page.locator("input[name=form]").first().inputValue();
    const action = `${kit.address}/api/ui/requests/contoso/sub-unknown/answer`;
    const other = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end(`<form method="post" action="${action}">
<input name="form" value="${token}"><input name="answer" value="approve"><button>Win</button></form><iframe src="${kit.address}/api/ui"></iframe>`);
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const at = other.address();
    await page.goto(`http://127.0.0.1:${typeof at === "object" ? at?.port : 0}/`);
    const framed = await page.frames().at(-1)?.locator("main").count();
    await page.getByRole("button", { name: "Win" }).click();
    const told = await page.locator("h1").textContent();
    other.close();
    other.closeAllConnections();

    expect(framed).toBe(0);
    expect(told).toBe("Sent from another page");
    expect((await kit.stage.record("sub-unknown"))?.answer).toBeUndefined();
  });
});
