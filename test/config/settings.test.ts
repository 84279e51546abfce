import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../shared/config/settings.ts";
import { AppError } from "../../shared/core/errors.ts";

function problemsOf(environment: Record<string, string | undefined>): string {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof AppError && error.code === "CONFIG_INVALID") return error.message;
    throw error;
  }
  return "none";
}

describe("readSettings()", () => {
  it("gives the defaults for an empty environment", () => {
    const settings = readSettings({});

    expect(settings).toEqual({
      rules: { kind: "file", path: "rollcall.yaml" },
      keyVault: { verifyChallenge: true },
      storage: {},
      statePrefix: "rollcall",
      acceptKeyNames: ["accept"],
      sliceSeconds: 240,
      keepDetailsDays: 90,
      logLevel: "info",
      onAzure: false,
    });
  });

  it("reads every setting and leaves foreign variables alone", () => {
    const settings = readSettings({
      PATH: "/bin",
      ROLLCALL_RULES: "blob://contosorollcall/config/rules/rollcall.yaml",
      ROLLCALL_KEY_VAULT_URL: "https://contoso.vault.azure.net/",
      ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: "false",
      AzureWebJobsStorage__accountName: "contosorollcall",
      AzureWebJobsStorage__blobServiceUri: "https://127.0.0.1:10000/devstoreaccount1",
      AzureWebJobsStorage__queueServiceUri: "http://127.0.0.1:10001/devstoreaccount1",
      AzureWebJobsStorage__tableServiceUri: "http://[::1]:10002/devstoreaccount1/",
      AzureWebJobsStorage__credential: "managedidentity",
      AzureWebJobsStorage__clientId: "5f8e6a3e-0d5c-4f0e-9a44-3f6f2a1f9d01",
      AZURE_CLIENT_ID: "5f8e6a3e-0d5c-4f0e-9a44-3f6f2a1f9d02",
      ROLLCALL_STATE_PREFIX: "rollcalltest",
      ROLLCALL_ACCEPT_KEY_NAMES: "accept-hr, accept_it",
      ROLLCALL_SLICE_SECONDS: "60",
      ROLLCALL_KEEP_DETAILS_DAYS: "30",
      ROLLCALL_LOG_LEVEL: "debug",
    });

    expect(settings).toEqual({
      rules: { kind: "blob", account: "contosorollcall", container: "config", name: "rules/rollcall.yaml" },
      keyVault: { url: "https://contoso.vault.azure.net", verifyChallenge: false },
      storage: {
        accountName: "contosorollcall",
        blobServiceUri: "https://127.0.0.1:10000/devstoreaccount1",
        queueServiceUri: "http://127.0.0.1:10001/devstoreaccount1",
        tableServiceUri: "http://[::1]:10002/devstoreaccount1",
        clientId: "5f8e6a3e-0d5c-4f0e-9a44-3f6f2a1f9d01",
      },
      clientId: "5f8e6a3e-0d5c-4f0e-9a44-3f6f2a1f9d02",
      statePrefix: "rollcalltest",
      acceptKeyNames: ["accept-hr", "accept_it"],
      sliceSeconds: 60,
      keepDetailsDays: 30,
      logLevel: "debug",
      onAzure: false,
    });
  });

  it("knows Azure by the variable that the platform sets", () => {
    expect(readSettings({ WEBSITE_SITE_NAME: "contoso-rollcall" }).onAzure).toBe(true);
  });

  it("takes an empty text as absent", () => {
    expect(readSettings({ ROLLCALL_STATE_PREFIX: "", AZURE_CLIENT_ID: undefined }).statePrefix).toBe("rollcall");
  });

  it("freezes what it gives, to the last list", () => {
    const settings = readSettings({});

    expect([settings, ...Object.values(settings)].every((value) => Object.isFrozen(value))).toBe(true);
  });

  it("reports all problems in one error, and no value", () => {
    const message = problemsOf({
      ROLLCALL_SLICE: "s3cret",
      ROLLCALL_LOG_LEVEL: "s3cret",
      ROLLCALL_KEY_VAULT_URL: "https://user:s3cret@contoso.vault.azure.net",
    });

    expect(message).toBe(
      "Cannot use the settings: " +
        "ROLLCALL_SLICE: there is no such setting; " +
        "ROLLCALL_KEY_VAULT_URL: expected a URL without query, fragment, user name and password; " +
        'ROLLCALL_LOG_LEVEL: expected "debug", "info", "warn" or "error"',
    );
  });

  it.each([
    [{ ROLLCALL_LOGLEVEL: "debug" }, 'ROLLCALL_LOGLEVEL: there is no such setting; did you mean "LOG_LEVEL"?'],
    [{ rollcall_rules: "x" }, 'rollcall_rules: there is no such setting; did you mean "RULES"?'],
    [
      { ROLLCALL_RULES: "https://x/y" },
      "ROLLCALL_RULES: expected a path in the package or blob://account/container/name",
    ],
    [
      { ROLLCALL_RULES: "blob://Account/c/n" },
      "ROLLCALL_RULES: expected a path in the package or blob://account/container/name",
    ],
    [{ ROLLCALL_KEY_VAULT_URL: "contoso" }, "ROLLCALL_KEY_VAULT_URL: expected a URL that begins with https://"],
    [
      { ROLLCALL_KEY_VAULT_URL: "http://contoso.vault.azure.net" },
      "ROLLCALL_KEY_VAULT_URL: expected a URL that begins with https:// (http:// only to this machine)",
    ],
    [{ ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: "no" }, 'ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: expected "true" or "false"'],
    [
      { ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: "false", WEBSITE_SITE_NAME: "contoso-rollcall" },
      'ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: expected "true", "false" is for the local stack only',
    ],
    [
      { AzureWebJobsStorage__accountName: "Contoso" },
      "AzureWebJobsStorage__accountName: expected 3 to 24 lower-case letters and digits",
    ],
    [
      { AzureWebJobsStorage__blobServiceUri: "https://contoso.blob.core.windows.net" },
      "AzureWebJobsStorage__blobServiceUri, __queueServiceUri, __tableServiceUri: expected all three or none",
    ],
    [
      { AzureWebJobsStorage__blobServiceUri: "https://contoso.blob.core.windows.net/?sig=s3cret" },
      "AzureWebJobsStorage__blobServiceUri: expected a URL without query, fragment, user name and password",
    ],
    [{ AzureWebJobsStorage__credential: "key" }, 'AzureWebJobsStorage__credential: expected "managedidentity"'],
    [{ AZURE_CLIENT_ID: "contoso" }, "AZURE_CLIENT_ID: expected a client id (a GUID)"],
    [
      { ROLLCALL_STATE_PREFIX: "Roll-call" },
      "ROLLCALL_STATE_PREFIX: expected a letter and 2 to 39 more lower-case letters and digits",
    ],
    [
      { ROLLCALL_ACCEPT_KEY_NAMES: "a,,b" },
      "ROLLCALL_ACCEPT_KEY_NAMES: expected names of function keys, separated by commas",
    ],
    [
      { ROLLCALL_ACCEPT_KEY_NAMES: "accept,Default" },
      'ROLLCALL_ACCEPT_KEY_NAMES: expected keys made for accepting, "Default" opens every function',
    ],
    [{ ROLLCALL_SLICE_SECONDS: "1e2" }, "ROLLCALL_SLICE_SECONDS: expected a whole number of seconds from 10 to 3600"],
    [{ ROLLCALL_SLICE_SECONDS: "9" }, "ROLLCALL_SLICE_SECONDS: expected a whole number of seconds from 10 to 3600"],
    [
      { ROLLCALL_SLICE_SECONDS: "271" },
      "ROLLCALL_SLICE_SECONDS: expected at most 270, 30 seconds below functionTimeout",
    ],
    [
      { ROLLCALL_SLICE_SECONDS: "571", AzureFunctionsJobHost__functionTimeout: "00:10:00" },
      "ROLLCALL_SLICE_SECONDS: expected at most 570, 30 seconds below functionTimeout",
    ],
    [
      { AzureFunctionsJobHost__functionTimeout: "300" },
      "AzureFunctionsJobHost__functionTimeout: expected hh:mm:ss or -1",
    ],
  ])("refuses %o", (environment, problem) => {
    expect(problemsOf(environment)).toBe(`Cannot use the settings: ${problem}`);
  });

  it("takes the host's own time limit for the slice", () => {
    const roomy = readSettings({ ROLLCALL_SLICE_SECONDS: "570", AzureFunctionsJobHost__functionTimeout: "00:10:00" });
    const endless = readSettings({ ROLLCALL_SLICE_SECONDS: "3600", AzureFunctionsJobHost__functionTimeout: "-1" });

    expect([roomy.sliceSeconds, endless.sliceSeconds]).toEqual([570, 3_600]);
  });
});

describe("host.json", () => {
  const host = JSON.parse(readFileSync(new URL("../../host.json", import.meta.url), "utf8"));

  it("has the time limit that readSettings() assumes", () => {
    expect(host.functionTimeout).toBe("00:05:00");
    expect(problemsOf({ ROLLCALL_SLICE_SECONDS: "270" })).toBe("none");
    expect(problemsOf({ ROLLCALL_SLICE_SECONDS: "271" })).not.toBe("none");
  });

  it("pins what the run queue needs", () => {
    expect(host.extensions.queues).toEqual({
      messageEncoding: "none",
      maxPollingInterval: "00:00:02",
      batchSize: 2,
      newBatchThreshold: 0,
      visibilityTimeout: "00:00:30",
      maxDequeueCount: 5,
    });
  });
});
