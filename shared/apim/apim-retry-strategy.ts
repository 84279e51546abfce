// What API Management says on top of HTTP: it locks entities during a write, and answers overlapping writes with 412,
// 409 or 422 that pass by themselves (hashicorp/terraform-provider-azurerm#8571, Azure/apiops#141, #497).
import { type Attempt, httpRetryStrategy, type RetryDecision, waitOrBackOff } from "../http/retry-strategy.ts";
import { parseServiceError } from "./errors.ts";

/** HTTP's own passing failures, and those of the locks. A 412 under an ETag never passes: the entity was changed. */
export function apimRetryStrategy(attempt: Attempt): RetryDecision {
  return isLocked(attempt) ? waitOrBackOff(attempt) : httpRetryStrategy(attempt);
}

function isLocked({ request, result }: Attempt): boolean {
  if (result.kind === "error") return false;
  const { status, body } = result.response;
  if (status === 412) return request.headers["if-match"] === undefined;
  if (status === 409) return parseServiceError(body).code === "PessimisticConcurrencyConflict";
  return status === 422 && parseServiceError(body).code === "ManagementApiRequestFailed";
}
