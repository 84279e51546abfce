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
      keepFactsDays: 400,
      linkSecrets: [],
      logLevel: "info",
      onAzure: false,
      authenticationIsOn: false,
      localSignIn: false,
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
      ROLLCALL_LOCAL_SIGN_IN: "true",
      WEBSITE_AUTH_ENABLED: "True",
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
      keepFactsDays: 400,
      linkSecrets: [],
      logLevel: "debug",
      onAzure: false,
      authenticationIsOn: true,
      localSignIn: true,
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
    [{ ROLLCALL_LOGLEVEL: "debug" }, 'ROLLCALL_LOGLEVEL: there is no such setting; did you mean "ROLLCALL_LOG_LEVEL"?'],
    [{ rollcall_rules: "x" }, 'rollcall_rules: there is no such setting; did you mean "ROLLCALL_RULES"?'],
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
      { ROLLCALL_LOCAL_SIGN_IN: "true", WEBSITE_SITE_NAME: "contoso-rollcall" },
      'ROLLCALL_LOCAL_SIGN_IN: expected "false", "true" is for the local stack only',
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
    [
      { ROLLCALL_PUBLIC_BASE_URL: "http://rollcall.contoso.com" },
      "ROLLCALL_PUBLIC_BASE_URL: expected a URL that begins with https:// (http:// only to this machine)",
    ],
    [{ ROLLCALL_LINK_SECRETS: "a,,b" }, "ROLLCALL_LINK_SECRETS: expected names of secrets, separated by commas"],
    [
      { ROLLCALL_SMTP_URL: "smtp://user:hunter2@mail.contoso.com", ROLLCALL_MAIL_FROM: "a@contoso.com" },
      "ROLLCALL_SMTP_URL: expected smtp://host:port (STARTTLS is demanded) or smtps://host:port, and nothing else in it",
    ],
    [
      { ROLLCALL_SMTP_URL: "mail.contoso.com:587", ROLLCALL_MAIL_FROM: "a@contoso.com" },
      "ROLLCALL_SMTP_URL: expected smtp://host:port (STARTTLS is demanded) or smtps://host:port, and nothing else in it",
    ],
    [
      { ROLLCALL_SMTP_URL: "smtp://mail.contoso.com/path", ROLLCALL_MAIL_FROM: "a@contoso.com" },
      "ROLLCALL_SMTP_URL: expected smtp://host:port (STARTTLS is demanded) or smtps://host:port, and nothing else in it",
    ],
    [{ ROLLCALL_SMTP_URL: "smtp://mail.contoso.com" }, "ROLLCALL_SMTP_URL, ROLLCALL_MAIL_FROM: expected both or none"],
    [
      { ROLLCALL_SMTP_URL: "smtp://mail.contoso.com", ROLLCALL_MAIL_FROM: "Rollcall\r\nBcc: <a@contoso.com>" },
      "ROLLCALL_MAIL_FROM: expected an address, or a name and <address>",
    ],
    [
      { ROLLCALL_SMTP_URL: "smtp://mail.contoso.com", ROLLCALL_MAIL_FROM: "Rollcall" },
      "ROLLCALL_MAIL_FROM: expected an address, or a name and <address>",
    ],
    [
      { ROLLCALL_SMTP_USER: "rollcall", ROLLCALL_SMTP_PASSWORD_SECRET: "smtp-password" },
      "ROLLCALL_SMTP_USER: expected ROLLCALL_SMTP_URL beside it",
    ],
    [
      { ROLLCALL_WEBHOOK_URL: "https://hooks.contoso.com/rollcall" },
      "ROLLCALL_WEBHOOK_URL, ROLLCALL_WEBHOOK_SECRET: expected both or none",
    ],
    [
      {
        ROLLCALL_WEBHOOK_URL: "https://hooks.contoso.com/rollcall?sig=hunter2",
        ROLLCALL_WEBHOOK_SECRET: "webhook",
      },
      "ROLLCALL_WEBHOOK_URL: expected a URL without query, fragment, user name and password",
    ],
  ])("refuses %o", (environment, problem) => {
    expect(problemsOf(environment)).toBe(`Cannot use the settings: ${problem}`);
  });

  it.each([
    ["smtp://mail.contoso.com", { host: "mail.contoso.com", port: 587, protection: "starttls" }],
    ["smtp://mail.contoso.com:25/", { host: "mail.contoso.com", port: 25, protection: "starttls" }],
    ["smtps://mail.contoso.com", { host: "mail.contoso.com", port: 465, protection: "implicit" }],
    ["smtp://127.0.0.1:2525", { host: "127.0.0.1", port: 2525, protection: "none" }],
    ["smtp://[::1]:2525", { host: "::1", port: 2525, protection: "none" }],
    ["smtp://127.0.0.1.contoso.com", { host: "127.0.0.1.contoso.com", port: 587, protection: "starttls" }],
  ])("takes the mail server %s", (url, server) => {
    const settings = readSettings({ ROLLCALL_SMTP_URL: url, ROLLCALL_MAIL_FROM: "Rollcall <rollcall@contoso.com>" });

    expect(settings.mail).toEqual({ server, from: { name: "Rollcall", address: "rollcall@contoso.com" } });
  });

  it("takes what notices and links need", () => {
    const settings = readSettings({
      ROLLCALL_PUBLIC_BASE_URL: "https://rollcall.contoso.com/",
      ROLLCALL_LINK_SECRETS: "link-2, link-1",
      ROLLCALL_SMTP_URL: "smtp://mail.contoso.com",
      ROLLCALL_MAIL_FROM: "rollcall@contoso.com",
      ROLLCALL_SMTP_USER: "rollcall",
      ROLLCALL_SMTP_PASSWORD_SECRET: "smtp-password",
      ROLLCALL_WEBHOOK_URL: "http://127.0.0.1:9000/hook",
      ROLLCALL_WEBHOOK_SECRET: "webhook",
    });

    expect(settings).toMatchObject({
      publicBaseUrl: "https://rollcall.contoso.com",
      linkSecrets: ["link-2", "link-1"],
      mail: {
        from: { name: "", address: "rollcall@contoso.com" },
        signIn: { user: "rollcall", passwordSecret: "smtp-password" },
      },
      webhook: { url: "http://127.0.0.1:9000/hook", secrets: ["webhook"] },
    });
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

  it("lets nothing sample the log away, and leaves its level to ROLLCALL_LOG_LEVEL", () => {
    expect(host.logging.applicationInsights.samplingSettings.excludedTypes.split(";")).toContain("Trace");
    expect(host.logging.logLevel).toEqual({ default: "Information", Function: "Debug", "Azure.Core": "Warning" });
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
