// What the page needs from the app, one call of it, and what it answers.
import type { ApprovalWorld } from "../../flows/approval-world.ts";
import type { RequestWorld } from "../../flows/request-run.ts";
import type { PoisonQueue } from "../../request-ports.ts";
import type { HeaderReader } from "../form-guard.ts";
import type { LocalCookie } from "../local-sign-in.ts";
import type { SignInSettings } from "../signed-in.ts";

export type UiWorld = {
  readonly approvals: ApprovalWorld;
  readonly runs: RequestWorld;
  readonly poison: PoisonQueue;
  readonly settings: SignInSettings & { readonly publicBaseUrl?: string };
  /** Secrets that sign links, forms and the local sign-in; the first one signs. @throws SECRET_UNAVAILABLE */
  readonly linkSecrets: (signal: AbortSignal) => Promise<readonly string[]>;
  /** The tenant that people sign in with, where the rules name it. @throws CONFIG_INVALID */
  readonly tenantId: (signal: AbortSignal) => Promise<string | undefined>;
  /** Names of the targets in the rules. */
  readonly targets: (signal: AbortSignal) => Promise<readonly string[]>;
};

export type UiCall = {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** What comes after `/api/ui/`, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: HeaderReader;
  readonly body: () => Promise<string>;
};

export type UiAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly cookies?: readonly LocalCookie[];
};
