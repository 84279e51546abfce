// Opens what a source is read from: a local file, a file on the web, or a blob. Says how large and how old it is,
// which is the proof that all of it was read.
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AppError } from "../core/errors.ts";
import { createAuthenticate } from "./authentication.ts";
import type { Authentication } from "./authentication-settings.ts";
import type { BlobAddress, HttpStream, OpenedSource, SourceDeps } from "./source-deps.ts";
import { checkSourceUrl, shownUrl } from "./source-url.ts";

export type Location = {
  /** A path, `file://`, `https://` (`http://` only on this machine), or `blob://account/container/name`. */
  readonly location: string;
  readonly authentication: Authentication;
  readonly headers: Readonly<Record<string, string>>;
};

export type LocationDeps = Pick<SourceDeps, "httpOpen" | "httpAsk" | "clock" | "openBlob" | "secrets" | "getToken">;

/** @throws SOURCE_UNAVAILABLE, CONFIG_INVALID for a location of another form, SECRET_UNAVAILABLE, ABORTED */
export async function openLocation(where: Location, deps: LocationDeps, signal: AbortSignal): Promise<OpenedSource> {
  const { location } = where;
  if (/^https?:/i.test(location)) return openWeb(where, deps, signal);
  if (/^blob:/i.test(location)) return deps.openBlob(parseBlobAddress(location), signal);
  if (/^file:/i.test(location)) return openFile(fileURLToPath(location));
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot open the location "${location.split("?")[0]}": its form is unknown, expected a path, https:// or blob://account/container/name`,
    );
  }
  return openFile(location);
}

/** The parts of `blob://account/container/name`; the name may hold slashes and percent-encoded characters.
 * @throws CONFIG_INVALID */
export function parseBlobAddress(location: string): BlobAddress {
  const [, account, container, name] =
    /^blob:\/\/([a-z0-9]{3,24})\/([a-z0-9$][a-z0-9-]{0,62})\/([^?#]+)$/.exec(location) ?? [];
  const decoded = name === undefined ? undefined : decode(name);
  if (account === undefined || container === undefined || decoded === undefined) {
    throw new AppError("CONFIG_INVALID", `Cannot open the blob "${location}": expected blob://account/container/name`);
  }
  return { account, container, name: decoded };
}

function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

async function openFile(path: string): Promise<OpenedSource> {
  try {
    const file = await open(path, "r");
    const before = await file.stat();
    if (!before.isFile()) {
      await file.close();
      throw unavailable(path, "it is no file, expected one");
    }
    return {
      stream: file.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 }),
      size: before.size,
      modifiedAt: Math.floor(before.mtimeMs),
      changed: async () => {
        const after = await file.stat();
        return after.mtimeMs !== before.mtimeMs || after.size !== before.size;
      },
      close: () => file.close(),
    };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unavailable(path, `opening it failed with "${codeOf(error)}", expected a readable file`, error);
  }
}

async function openWeb(where: Location, deps: LocationDeps, signal: AbortSignal): Promise<OpenedSource> {
  const checked = checkSourceUrl(where.location);
  if (!checked.ok) throw new AppError("CONFIG_INVALID", `Cannot open the location of a source: ${checked.reason}`);
  const { url } = checked;
  const ask = async (headers: Readonly<Record<string, string>>) => {
    const all = { "accept-encoding": "identity", ...where.headers, ...headers };
    const answer = await deps.httpOpen({ url: url.href, headers: all }, signal);
    if (answer.status !== 200) answer.close();
    return answer;
  };
  const answer = await createAuthenticate(where.authentication, deps)(ask, signal).catch((error: unknown) => {
    throw isUnreachable(error)
      ? unavailable(shownUrl(url), "it could not be reached, check address and network", error)
      : error;
  });
  if (answer.status !== 200) {
    const redirect =
      answer.status >= 300 && answer.status < 400 ? "; redirects are not followed, name the final address" : "";
    throw unavailable(shownUrl(url), `it answers ${answer.status}, expected 200${redirect}`);
  }
  return fromAnswer(answer);
}

function isUnreachable(error: unknown): boolean {
  return error instanceof AppError && (error.code === "NETWORK" || error.code === "TIMEOUT");
}

/** A packed answer has another length than what is read of it. */
function fromAnswer({ headers, body, close }: HttpStream): OpenedSource {
  const length = headers("content-encoding") === undefined ? headers("content-length") : undefined;
  const modified = Date.parse(headers("last-modified") ?? "");
  return {
    stream: body,
    size: length === undefined ? undefined : Number(length),
    etag: headers("etag"),
    modifiedAt: Number.isNaN(modified) ? undefined : modified,
    close: async () => close(),
  };
}

function unavailable(what: string, reason: string, cause?: unknown): AppError {
  return new AppError("SOURCE_UNAVAILABLE", `Cannot open "${what}": ${reason}`, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
