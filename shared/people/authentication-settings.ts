// How a source proves who asks, for sources that are read over HTTP. Secrets are named, never written.
import { z } from "zod";

export const secretName = z
  .string()
  .regex(/^[0-9A-Za-z-]{1,127}$/)
  .describe("Name of a Key Vault secret");

const tokenUrl = z.string().min(1).describe("Address of the token endpoint: https://… (http:// only on this machine)");

/** For a kind that has its own way when the rules say nothing. */
export const authenticationChoice = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({
    kind: z.literal("secretHeader"),
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/)
      .describe("Name of the header that carries the secret"),
    secret: secretName,
    prefix: z.string().default("").describe('What stands before the secret, such as "Bearer "'),
  }),
  z.strictObject({ kind: z.literal("bearer"), secret: secretName }),
  z.strictObject({ kind: z.literal("basic"), user: z.string().min(1), secret: secretName }),
  z.strictObject({
    kind: z.literal("basicKey"),
    secret: secretName.describe("Name of a Key Vault secret, which is sent as the user name"),
    password: z.string().default("x").describe("What stands for the password; the system ignores it"),
  }),
  z.strictObject({
    kind: z.literal("clientCredentials"),
    tokenUrl,
    clientId: z.string().min(1),
    secret: secretName,
    scope: z.string().min(1).optional(),
    send: z
      .enum(["form", "basic", "json"])
      .default("form")
      .describe("How id and secret are sent: as form fields, in the Authorization header, or as JSON"),
    tokenPath: z.string().min(1).default("access_token").describe("Where the token stands in the answer"),
    rotates: z
      .boolean()
      .optional()
      .describe("True for a system whose answers carry the token for the next request in their Authorization header"),
  }),
  z.strictObject({
    kind: z.literal("refreshToken"),
    tokenUrl,
    clientId: z.string().min(1),
    secret: secretName.describe("Name of a Key Vault secret: the client's"),
    refreshToken: secretName.describe("Name of a Key Vault secret: a refresh token that does not expire"),
  }),
  z.strictObject({
    kind: z.literal("samlBearer"),
    tokenUrl,
    companyId: z.string().min(1),
    clientId: z.string().min(1).describe("The API key of the OAuth client"),
    user: z.string().min(1).describe("The technical user that the assertion names"),
    secret: secretName.describe("Name of a Key Vault secret: the private key of the OAuth client, as PEM"),
    audience: z.string().min(1).default("www.successfactors.com"),
  }),
  z.strictObject({
    kind: z.literal("managedIdentity"),
    scope: z.string().min(1).describe("Scope of the token, such as https://graph.microsoft.com/.default"),
  }),
]);

export const authenticationSettings = authenticationChoice.default({ kind: "none" });

export type Authentication = z.output<typeof authenticationSettings>;

export const headerSettings = z
  .record(
    z
      .string()
      .regex(/^[a-z0-9-]+$/, "Expected the name of a header in lower case")
      .refine((name) => name !== "authorization" && name !== "cookie", "Expected no secret, use authentication"),
    z.string().regex(/^[\t\x20-\x7e]*$/, "Expected printable ASCII"),
  )
  .default({})
  .describe("Further request headers, without secrets");
