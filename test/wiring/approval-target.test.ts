import { expect, it } from "vitest";
import type { OpenedRules } from "../../shared/config/open-rules.ts";
import { AppError } from "../../shared/core/errors.ts";
import { createApprovalTargets } from "../../shared/wiring/approval-target.ts";
import { parseChanged, rulesDeps } from "../config/rules-fixture.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const { signal } = new AbortController();

it("the rules of a target are compiled once while they are the same, and again after a failure", async () => {
  const deps = await rulesDeps();
  const parsed = parseChanged(deps, []);
  if (!parsed.ok) throw new Error("The rules were expected to be valid");
  let compiled = 0;
  const opened: OpenedRules = {
    rules: parsed.rules,
    expressions: deps.expressions,
    fileName: "rollcall.yaml",
    digest: "digest",
    at: parsed.at,
    check: () => Promise.reject(new Error("No check is needed")),
    requestPolicy: async () => {
      compiled += 1;
      if (compiled === 1) throw new AppError("CONFIG_INVALID", "Cannot compile the rules");
      return undefined;
    },
  };
  const open = createApprovalTargets(
    async () => opened,
    () => Promise.reject(new Error("No client is needed")),
  );
  const log = createRecordingLog();

  await expect(open("main", log, signal)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  expect(await open("main", log, signal)).toBeUndefined();
  expect(await open("main", log, signal)).toBeUndefined();

  expect(compiled).toBe(2);
});
