// What went wrong when a secret was read, in words that say what to grant or mend. The client's own errors carry the
// request with its token and sometimes the body with the secret, so only their codes are taken over, never they.
import { z } from "zod";
import { hindranceOf, hindranceText } from "../core/before-answer.ts";
import { AppError } from "../core/errors.ts";

export type SecretPlace = { readonly vaultUrl: string; readonly name: string };

// Errors of the vault: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes
const clientErrorSchema = z.object({
  name: z.string().catch(""),
  code: z.string().optional().catch(undefined),
  statusCode: z.number().optional().catch(undefined),
  details: z
    .object({ error: z.object({ innerError: z.object({ code: z.string() }) }) })
    .optional()
    .catch(undefined),
});

type ClientError = z.infer<typeof clientErrorSchema>;

/** The failure as SECRET_UNAVAILABLE, naming the secret and the way out. */
export function toSecretError(error: unknown, { vaultUrl, name }: SecretPlace): AppError {
  const parsed = clientErrorSchema.safeParse(error);
  const failure: ClientError = parsed.success ? parsed.data : { name: "" };
  const reason = failure.details?.error.innerError.code ?? failure.code;
  return new AppError(
    "SECRET_UNAVAILABLE",
    `Cannot read secret "${name}" from ${vaultUrl}: ${explain(failure, reason)}`,
    {
      context: { secret: name, vaultUrl, status: failure.statusCode, reason },
    },
  );
}

function explain(failure: ClientError, reason: string | undefined): string {
  const { name, statusCode } = failure;
  const hindrance = hindranceOf(failure);
  if (hindrance !== undefined) return hindranceText(hindrance, "the vault");
  const why = reason === undefined ? "" : ` (${reason})`;
  if (statusCode === 404)
    return "the vault has no such secret, expected it there; add it, or correct the setting that names it";
  if (statusCode === 403) return explainForbidden(reason, why);
  if (statusCode === 401)
    return `the vault did not accept the token${why}, expected one of the vault's own tenant; check the identity that Rollcall runs as`;
  if (statusCode !== undefined) return `the vault answered ${statusCode}${why}, expected 200; try again later`;
  if (name === "AbortError")
    return "the vault did not answer in time, expected an answer within seconds; try again later";
  return `the vault could not be reached${why}, expected an answer over HTTPS; check the address and the network`;
}

function explainForbidden(reason: string | undefined, why: string): string {
  if (reason === "SecretDisabled")
    return "its newest version is disabled, expected an enabled one; enable it, or set a new version";
  if (reason === "ForbiddenByFirewall" || reason === "ForbiddenByConnection") {
    return `the vault's network rules keep Rollcall out${why}, expected them to let it in; allow its addresses or its private endpoint`;
  }
  return `Rollcall's identity may not read it${why}, expected the role "Key Vault Secrets User" on the vault; grant that role`;
}
