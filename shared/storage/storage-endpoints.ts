// Where the storage account's services are: from the account's name, as on Azure, or from a URL for each service, as
// with the emulator and behind private host names.
import { AppError } from "../core/errors.ts";

/** Service URLs without a slash at the end. */
export type StorageEndpoints = { readonly blob: string; readonly table: string; readonly queue: string };

export type StorageEndpointSettings = {
  readonly accountName?: string;
  readonly blobServiceUri?: string;
  readonly tableServiceUri?: string;
  readonly queueServiceUri?: string;
  /** `core.windows.net` unless the cloud is another one, such as `core.chinacloudapi.cn`. */
  readonly suffix?: string;
};

/** The host's own names of these settings. */
const prefix = "AzureWebJobsStorage__";

/** A URL that is given goes before the one made from the account's name.
 * Host names: https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints
 * @throws CONFIG_INVALID */
export function storageEndpoints(settings: StorageEndpointSettings): StorageEndpoints {
  return {
    blob: endpoint("blob", settings.blobServiceUri, settings),
    table: endpoint("table", settings.tableServiceUri, settings),
    queue: endpoint("queue", settings.queueServiceUri, settings),
  };
}

function endpoint(service: string, uri: string | undefined, settings: StorageEndpointSettings): string {
  if (uri !== undefined) return checkedUri(service, uri);
  const { accountName, suffix = "core.windows.net" } = settings;
  if (accountName === undefined) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot find the ${service} storage: neither ${prefix}accountName nor ${prefix}${service}ServiceUri is set, one of them was expected`,
    );
  }
  if (!/^[a-z0-9]{3,24}$/.test(accountName)) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot find the ${service} storage: ${prefix}accountName is "${accountName}", 3 to 24 lower-case letters and digits were expected`,
    );
  }
  return `https://${accountName}.${service}.${suffix}`;
}

function checkedUri(service: string, uri: string): string {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  // A query would be a shared access signature, which is a secret; so the value itself is not repeated.
  if (
    url?.protocol !== "https:" ||
    url.search !== "" ||
    url.hash !== "" ||
    url.username !== "" ||
    url.password !== ""
  ) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot find the ${service} storage: ${prefix}${service}ServiceUri is not a plain https URL, "https://host/path" without query was expected`,
    );
  }
  return uri.replace(/\/+$/, "");
}

/** Where the blobs of an account are. The app's own account may have an address of its own, as with the emulator or
 * behind a private host name; all others are at the usual one. */
export function blobEndpointOf(account: string, settings: StorageEndpointSettings): string {
  const own = settings.blobServiceUri?.replace(/\/+$/, "");
  const isOwn = settings.accountName === account || own?.endsWith(`/${account}`) === true;
  return own !== undefined && isOwn ? own : `https://${account}.blob.${settings.suffix ?? "core.windows.net"}`;
}
