// Which door, and how its version of the API is spoken: paths, shapes and what an answer's status tells.
import { AppError } from "../core/errors.ts";

export type ApimDoor =
  /** `https://{service}.management.azure-api.net`, retired on Microsoft's cloud on 15 March 2025. */
  | { readonly kind: "direct"; readonly baseUrl: string; readonly apiVersion: string }
  /** Azure Resource Manager. `endpoint` is `https://management.azure.com` by default. */
  | { readonly kind: "arm"; readonly resourceId: string; readonly apiVersion: string; readonly endpoint?: string };

export type Dialect = {
  readonly door: "direct" | "arm";
  /** Flat entities, or `{ id, name, properties }`. */
  readonly shape: "flat" | "enveloped";
  /** Where the paths of entities begin, without a slash at the end. */
  readonly root: string;
  readonly origin: string;
  readonly apiVersion: string;
  /** Whether lists of users and products can hold the groups. */
  readonly expandsGroups: boolean;
  /** Whether removing tells what was there (200) from what was not (204). Old versions say 204 for both. */
  readonly removalTells: boolean;
};

/** The last version of the direct API with its own paths and flat entities. */
const lastFlatVersion = "2017-03-01";
const firstExpandingVersion = "2019-01-01";

/** The direct API takes these words for the segments that only Azure Resource Manager needs; Microsoft's own code
 * sends them (microsoft/azure-api-management-monetization). */
const placeholderResourceId = "/subscriptions/sid/resourceGroups/rgid/providers/Microsoft.ApiManagement/service/sid";

const resourceIdForm =
  /^\/subscriptions\/[^/?#]+\/resourceGroups\/[^/?#]+\/providers\/Microsoft\.ApiManagement\/service\/[^/?#]+$/i;

/** How to speak through that door. @throws CONFIG_INVALID */
export function createDialect(door: ApimDoor): Dialect {
  const { apiVersion } = door;
  if (!/^\d{4}-\d\d-\d\d(-preview)?$/.test(apiVersion)) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot use the apiVersion "${apiVersion}": expected a date such as "2024-05-01"`,
    );
  }
  const day = apiVersion.slice(0, 10);
  const flat = door.kind === "direct" && day <= lastFlatVersion;
  const base = baseOf(door);
  return {
    door: door.kind,
    shape: flat ? "flat" : "enveloped",
    root: `${base.origin}${base.pathname.replace(/\/+$/, "")}${door.kind === "arm" ? door.resourceId : flat ? "" : placeholderResourceId}`,
    origin: base.origin,
    apiVersion,
    expandsGroups: day >= firstExpandingVersion,
    removalTells: day > lastFlatVersion,
  };
}

function baseOf(door: ApimDoor): URL {
  if (door.kind === "direct") return checkedUrl("baseUrl", door.baseUrl);
  if (!resourceIdForm.test(door.resourceId)) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot use the resourceId "${door.resourceId}": expected "/subscriptions/…/resourceGroups/…/providers/Microsoft.ApiManagement/service/…"`,
    );
  }
  return checkedUrl("endpoint", door.endpoint ?? "https://management.azure.com");
}

/** Credentials go over TLS, or over loopback. */
function checkedUrl(setting: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
  const allowed = url?.protocol === "https:" || (url?.protocol === "http:" && loopback);
  if (url === undefined || !allowed || url.search !== "" || url.hash !== "" || url.username !== "") {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot use the ${setting}: expected an https address without query and user name`,
    );
  }
  return url;
}
