// One way out for notices.
import type { Notice, NoticeWay } from "../request-ports.ts";

export type Way = {
  readonly name: NoticeWay;
  /** Gives the addressees that are refused for good.
   * @throws NETWORK, TIMEOUT, SECRET_UNAVAILABLE, CONFIG_INVALID, ABORTED */
  send(notice: Notice, signal: AbortSignal): Promise<readonly string[]>;
};
