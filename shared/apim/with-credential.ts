// Signs each request. A 401 moves on along the credential's own short chain (secret read afresh, secondary key); that is
// no retry of the same request: each step offers another header, and the chain ends.
import { AppError } from "../core/errors.ts";
import type { Transport } from "../http/transport.ts";
import type { Credential } from "./credential.ts";

/** Puts the Authorization header on. @throws APIM_UNAUTHORIZED when the credential has nothing left to offer */
export function withCredential(transport: Transport, credential: Credential): Transport {
  return async (request, signal) => {
    const refused: string[] = [];
    for (;;) {
      const authorization = await credential.authorization(refused, signal);
      if (authorization === undefined) throw unauthorized(credential, refused.length);
      const response = await transport({ ...request, headers: { ...request.headers, authorization } }, signal);
      if (response.status !== 401) return response;
      refused.push(authorization);
    }
  };
}

function unauthorized(credential: Credential, offered: number): AppError {
  return new AppError(
    "APIM_UNAUTHORIZED",
    `Cannot sign in to API Management: it answered "401" to every credential it was offered, expected it to accept one; ${credential.advice}`,
    { context: { status: 401, offered } },
  );
}
