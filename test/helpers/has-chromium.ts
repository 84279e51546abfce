// Whether the browser of the tests in test/browser is there: Debian's, from its package.
import { existsSync } from "node:fs";

export const chromiumPath = "/usr/bin/chromium";

export const hasChromium = existsSync(chromiumPath);
