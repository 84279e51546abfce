// `rollcall token --identifier ID --expiry INSTANT`: the value of an Authorization header for the direct door. The key
// comes on standard input or from Key Vault, never as an argument, where every process could read it.
import { createSasToken } from "../../shared/apim/sas-token.ts";
import { AppError } from "../../shared/core/errors.ts";
import { type Command, type Context, exitCodes } from "../command.ts";

async function readKey({ options, terminal, openApp, signal }: Context): Promise<string> {
  if (options.secret !== undefined) {
    const app = await openApp();
    return (await app.secrets()).get(options.secret, { fresh: true, signal });
  }
  const text = await terminal.readInput();
  if (text === undefined) {
    throw new AppError(
      "CONFIG_INVALID",
      "Cannot make a token: there is no key, pipe it into standard input or name a secret of Key Vault with --secret",
    );
  }
  return text;
}

export const token: Command = async (context) => {
  const { options, terminal } = context;
  const { identifier, expiry } = options;
  if (identifier === undefined || expiry === undefined) {
    throw new AppError(
      "CONFIG_INVALID",
      "Cannot make a token: --identifier and --expiry are needed, for example --identifier integration --expiry 2026-12-01T00:00:00Z",
    );
  }
  const expiresAt = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)$/.test(expiry)
    ? Date.parse(expiry)
    : Number.NaN;
  if (Number.isNaN(expiresAt))
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot make a token: --expiry is "${expiry}", expected an instant like 2026-12-01T00:00:00Z`,
    );
  const key = (await readKey(context)).replace(/\r?\n$/, "");
  const now = options.now ?? Date.now();
  if (expiresAt <= now) terminal.note("Warning: the expiry has passed, the service will refuse this token");
  const authorization = `SharedAccessSignature ${createSasToken({ identifier, key, expiresAt, now, pastExpiry: "allow" })}`;
  terminal.print(
    options.json
      ? JSON.stringify({ authorization, expiry: new Date(expiresAt).toISOString() }, undefined, 2)
      : authorization,
  );
  return exitCodes.done;
};
