import { describe, expect, it } from "vitest";
import { blobEndpointOf, storageEndpoints } from "../../shared/storage/storage-endpoints.ts";

describe("storageEndpoints", () => {
  it("makes the three URLs from the account's name", () => {
    expect(storageEndpoints({ accountName: "rollcall1" })).toStrictEqual({
      blob: "https://rollcall1.blob.core.windows.net",
      table: "https://rollcall1.table.core.windows.net",
      queue: "https://rollcall1.queue.core.windows.net",
    });
  });

  it("takes another cloud's suffix", () => {
    const { blob } = storageEndpoints({ accountName: "rollcall1", suffix: "core.chinacloudapi.cn" });
    expect(blob).toBe("https://rollcall1.blob.core.chinacloudapi.cn");
  });

  it("prefers a URL that is given, without the slash at its end", () => {
    const endpoints = storageEndpoints({
      accountName: "rollcall1",
      blobServiceUri: "https://127.0.0.1:10000/devstoreaccount1/",
    });
    expect(endpoints.blob).toBe("https://127.0.0.1:10000/devstoreaccount1");
    expect(endpoints.table).toBe("https://rollcall1.table.core.windows.net");
  });

  it.each([
    [{}, "neither AzureWebJobsStorage__accountName nor AzureWebJobsStorage__blobServiceUri is set"],
    [
      { blobServiceUri: "https://a.example" },
      "neither AzureWebJobsStorage__accountName nor AzureWebJobsStorage__tableServiceUri is set",
    ],
    [{ accountName: "Roll-Call" }, 'AzureWebJobsStorage__accountName is "Roll-Call"'],
    [{ accountName: "evil.example/x" }, "AzureWebJobsStorage__accountName is"],
    [
      { accountName: "rollcall1", queueServiceUri: "http://127.0.0.1:10001" },
      "AzureWebJobsStorage__queueServiceUri is not a plain https URL",
    ],
    [
      { accountName: "rollcall1", tableServiceUri: "nonsense" },
      "AzureWebJobsStorage__tableServiceUri is not a plain https URL",
    ],
  ])("refuses %j with a sentence that names the setting", (settings, part) => {
    const failure = expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(part) });
    expect(() => storageEndpoints(settings)).toThrow(failure);
  });

  it("does not repeat a URL that carries a signature", () => {
    const blobServiceUri = "https://rollcall1.blob.core.windows.net/?sv=2024&sig=verysecret";
    expect(() => storageEndpoints({ accountName: "rollcall1", blobServiceUri })).toThrow(
      /^(?!.*verysecret).*plain https/,
    );
  });
});

describe("blobEndpointOf()", () => {
  it.each([
    [
      "the usual address of another account",
      "other",
      { accountName: "own", blobServiceUri: "https://own.private/" },
      "https://other.blob.core.windows.net",
    ],
    [
      "the given address of the own account",
      "own",
      { accountName: "own", blobServiceUri: "https://own.private/" },
      "https://own.private",
    ],
    [
      "the emulator's address, which ends with its account",
      "devstoreaccount1",
      { blobServiceUri: "https://127.0.0.1:1/devstoreaccount1" },
      "https://127.0.0.1:1/devstoreaccount1",
    ],
    ["the usual address of the own account", "own", { accountName: "own" }, "https://own.blob.core.windows.net"],
  ])("gives %s", (_, account, settings, expected) => {
    expect(blobEndpointOf(account, settings)).toBe(expected);
  });
});
