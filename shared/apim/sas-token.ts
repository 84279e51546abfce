// Shared access signatures of API Management's direct management API. Pure: times are arguments.
// https://learn.microsoft.com/rest/api/apimanagement/apimanagementrest/azure-api-management-rest-api-authentication
import { createHmac } from "node:crypto";
import { AppError } from "../core/errors.ts";

export type SasTokenOptions = {
  /** The identifier beside the keys, usually `integration`. */
  readonly identifier: string;
  /** The key as it is printed. It looks like base64 and is not decoded. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** `allow` makes a token that has ended already, to look at or to test with. */
  readonly pastExpiry?: "refuse" | "allow";
};

/** The service refuses tokens that live longer. */
const longestLifetimeMs = 30 * 24 * 3_600_000;

/** A token of form A, without the scheme `SharedAccessSignature`.
 * @throws SECRET_MALFORMED for an empty key, CONFIG_INVALID for the identifier or the expiry */
export function createSasToken(options: SasTokenOptions): string {
  const { identifier, key } = options;
  if (!/^[\w-]+$/.test(identifier)) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot make a token: the identifier "${identifier}" is not one, expected letters, digits, "_" and "-" as the portal's Management API page shows it`,
    );
  }
  if (key === "") throw new AppError("SECRET_MALFORMED", "Cannot make a token: the key is empty, expected its text");
  const expiry = expiryText(options);
  const signature = createHmac("sha512", Buffer.from(key, "utf8")).update(`${identifier}\n${expiry}`).digest("base64");
  return `uid=${identifier}&ex=${expiry}&sn=${signature}`;
}

/** UTC with seven decimals, the round-trip format of .NET. */
function expiryText(options: SasTokenOptions): string {
  const { expiresAt, now } = options;
  const expiry = new Date(expiresAt);
  if (Number.isNaN(expiry.getTime())) {
    throw new AppError("CONFIG_INVALID", "Cannot make a token: the expiry is not an instant, expected one");
  }
  if (expiresAt - now > longestLifetimeMs) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot make a token: the expiry "${expiry.toISOString()}" is more than 30 days ahead, expected at most 30 days`,
    );
  }
  if (expiresAt <= now && options.pastExpiry !== "allow") {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot make a token: the expiry "${expiry.toISOString()}" has passed, expected an instant ahead`,
    );
  }
  return expiry.toISOString().replace("Z", "0000Z");
}
