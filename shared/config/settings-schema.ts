// The settings: where things are, and the names of secrets, never secrets. One schema says everything about them: the
// reader, the table in docs/configuration.md and local.settings.sample.json are made from it.

import { z } from "zod";
import { defaultStatePrefix } from "../core/queue-names.ts";
import { mailSender, mailServer } from "./mail-settings.ts";
import { addressProblem, trimAddress } from "./web-address.ts";

export const settingsPrefix = "ROLLCALL_";

/** Function keys that every caller may hold, so they cannot be reserved for accepting. */
const generalKeyNames: readonly string[] = ["default", "master", "_master"];

const address = z.string().superRefine((text, context) => {
  const problem = addressProblem(text);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const flag = z.enum(["true", "false"], { error: 'expected "true" or "false"' }).transform((text) => text === "true");

const wholeNumber = (from: number, to: number, unit: string) => {
  const expected = `expected a whole number of ${unit} from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, expected)
    .transform(Number)
    .refine((number) => number >= from && number <= to, expected);
};

/** `blob://account/container/name` or a path. */
const rulesLocation = z.string().transform((text, context) => {
  if (!text.includes("://")) return { kind: "file", path: text } as const;
  const [, account, container, name] =
    /^blob:\/\/([a-z0-9]{3,24})\/([a-z0-9-]{3,63}|\$root)\/([^?#]+)$/.exec(text) ?? [];
  if (account !== undefined && container !== undefined && name !== undefined) {
    return { kind: "blob", account, container, name } as const;
  }
  context.addIssue({ code: "custom", message: "expected a path in the package or blob://account/container/name" });
  return z.NEVER;
});

const keyNames = z.string().transform((text, context) => {
  const names = text.split(",").map((name) => name.trim());
  if (!names.every((name) => /^[\w-]{1,127}$/.test(name))) {
    context.addIssue({ code: "custom", message: "expected names of function keys, separated by commas" });
  }
  for (const name of names.filter((each) => generalKeyNames.includes(each.toLowerCase()))) {
    context.addIssue({ code: "custom", message: `expected keys made for accepting, "${name}" opens every function` });
  }
  return names;
});

const secretName = z.string().regex(/^[0-9A-Za-z-]{1,127}$/, "expected the name of a secret: letters, digits, hyphens");

const secretNames = z.string().transform((text, context) => {
  const names = text.split(",").map((name) => name.trim());
  if (!names.every((name) => secretName.safeParse(name).success)) {
    context.addIssue({ code: "custom", message: "expected names of secrets, separated by commas" });
  }
  return names;
});

/** `description` is the text of the setting's row in docs/configuration.md, `sample` its value in the sample. */
export const settingsSchema = z.object({
  ROLLCALL_RULES: rulesLocation.prefault("rollcall.yaml").meta({
    description:
      "The rules: a path in the package, or `blob://account/container/name`, read with the managed identity.",
    sample: "rollcall.yaml",
  }),
  ROLLCALL_KEY_VAULT_URL: address.transform(trimAddress).optional().meta({
    description:
      "The Key Vault that holds the secrets which the rules name, such as `https://contoso.vault.azure.net`.",
    sample: "https://contoso.vault.azure.net",
  }),
  ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: flag.prefault("true").meta({
    description:
      "Whether a vault must lie in the domain that its challenge names. `false` only for the local stack; refused on Azure.",
  }),
  AzureWebJobsStorage__accountName: z
    .string()
    .regex(/^[a-z0-9]{3,24}$/, "expected 3 to 24 lower-case letters and digits")
    .optional()
    .meta({
      description: "The storage account of the host, the queue and the runs' state, opened with the managed identity.",
      sample: "contosorollcall",
    }),
  AzureWebJobsStorage__blobServiceUri: address.transform(trimAddress).optional().meta({
    description: "The blob service, where it is not at the account's usual address. The three addresses go together.",
  }),
  AzureWebJobsStorage__queueServiceUri: address.transform(trimAddress).optional().meta({
    description: "The queue service, where it is not at the account's usual address.",
  }),
  AzureWebJobsStorage__tableServiceUri: address.transform(trimAddress).optional().meta({
    description: "The table service, where it is not at the account's usual address.",
  }),
  AzureWebJobsStorage__credential: z
    .literal("managedidentity", { error: 'expected "managedidentity"' })
    .optional()
    .meta({ description: "`managedidentity`: the host needs it beside a user-assigned identity's client id." }),
  AzureWebJobsStorage__clientId: z.guid("expected a client id (a GUID)").optional().meta({
    description: "Client id of the user-assigned identity that opens the storage account.",
  }),
  AZURE_CLIENT_ID: z.guid("expected a client id (a GUID)").optional().meta({
    description:
      "Client id of the user-assigned identity for Key Vault, API Management and HR sources. Without it: the system-assigned one.",
  }),
  ROLLCALL_STATE_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9]{2,39}$/, "expected a letter and 2 to 39 more lower-case letters and digits")
    .prefault(defaultStatePrefix)
    .meta({
      description: "Begins the names of the table, containers and queue, so that installations can share an account.",
    }),
  ROLLCALL_ACCEPT_KEY_NAMES: keyNames.prefault("accept").meta({
    description:
      "Names of the function keys, separated by commas, that are reserved for accepting a blocked plan. Key Vault holds the text of each as the secret `function-key-NAME`.",
  }),
  ROLLCALL_SLICE_SECONDS: wholeNumber(10, 3_600, "seconds").prefault("240").meta({
    description:
      "How long one slice of a run works before the next one takes over. At least 30 seconds below `functionTimeout`.",
  }),
  ROLLCALL_KEEP_DETAILS_DAYS: wholeNumber(1, 3_650, "days").prefault("90").meta({
    description:
      "How long plans and journals of runs are kept; they hold personal data. So long a record also names the worker of a run for one worker. The runs' records stay, with their counts and with who asked for, accepted or stopped a run.",
  }),
  ROLLCALL_KEEP_FACTS_DAYS: wholeNumber(1, 3_650, "days").prefault("400").meta({
    description:
      "How long the facts about a requester are kept that a decision rested on. Those of access that is still active stay as long as it is, because a review compares with them. The audit keeps their hash.",
  }),
  ROLLCALL_PUBLIC_BASE_URL: address.transform(trimAddress).optional().meta({
    description:
      "Where people reach this app, such as `https://rollcall.contoso.com`. Links in mails begin with it; without it there are none.",
  }),
  ROLLCALL_LINK_SECRETS: secretNames.optional().meta({
    description:
      "Names of the secrets, separated by commas, that sign the links in mails and the forms of the page, each at least 16 characters long. The first one signs, all of them are taken: put a new one in front, and drop the old one when its links are over.",
  }),
  ROLLCALL_SMTP_URL: mailServer.optional().meta({
    description:
      "The mail server: `smtp://host:587`, where TLS (STARTTLS) is demanded, or `smtps://host:465`. Plain only to this machine. Without it no mail is sent.",
  }),
  ROLLCALL_SMTP_USER: z.string().optional().meta({
    description: "The user name at the mail server; without it Rollcall does not sign in there.",
  }),
  ROLLCALL_SMTP_PASSWORD_SECRET: secretName.optional().meta({
    description: "Name of the secret that holds the password of that user.",
  }),
  ROLLCALL_MAIL_FROM: mailSender.optional().meta({
    description: "Whom mails are from: `rollcall@contoso.com` or `Rollcall <rollcall@contoso.com>`.",
  }),
  ROLLCALL_WEBHOOK_URL: address.optional().meta({
    description:
      "Where every notice is posted as well, signed as Standard Webhooks. It may not hold a query, which would be a secret.",
  }),
  ROLLCALL_WEBHOOK_SECRET: secretNames.optional().meta({
    description:
      "Names of the secrets, separated by commas, that sign the webhook (`whsec_` and base64, or base64). Each of them signs, so that the receiver can change from one to the other.",
  }),
  ROLLCALL_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error"], { error: 'expected "debug", "info", "warn" or "error"' })
    .prefault("info")
    .meta({
      description:
        "The least important lines that are written: `debug`, `info`, `warn` or `error`. What the audit says of itself is written at each of them.",
    }),
  ROLLCALL_LOCAL_SIGN_IN: flag.prefault("false").meta({
    description:
      "Whether the page lets anybody sign in as an invented person. `true` only for the local stack; refused on Azure.",
  }),
  AzureFunctionsJobHost__functionTimeout: z
    .string()
    .regex(/^(-1|([01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/, "expected hh:mm:ss or -1")
    .prefault("00:05:00")
    .meta({ description: "The host's time limit for one function, where it is not the one in host.json." }),
  WEBSITE_AUTH_ENABLED: z
    .string()
    .optional()
    .transform((text) => text?.toLowerCase() === "true")
    .meta({
      description: "Set by Azure where App Service authentication is on. Without it nobody is signed in to the page.",
    }),
  WEBSITE_SITE_NAME: z.string().optional().meta({ description: "Set by Azure. Its presence says that this is Azure." }),
});
