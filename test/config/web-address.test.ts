import { describe, expect, it } from "vitest";
import { addressProblem, trimAddress } from "../../shared/config/web-address.ts";

describe("addressProblem()", () => {
  it.each([
    "https://contoso.vault.azure.net",
    "https://contoso.vault.azure.net:8443/path/",
    "http://localhost:7071",
    "http://127.0.0.1:10000/devstoreaccount1",
    "http://[::1]:10000",
  ])("lets %s pass", (address) => {
    expect(addressProblem(address)).toBeUndefined();
  });

  it.each([
    "https://s3cret@contoso.com",
    "https://:s3cret@contoso.com",
    "https://contoso.com?sig=s3cret",
    "https://contoso.com#s3cret",
  ])("refuses %s, which may hold a secret, and does not repeat it", (address) => {
    expect(addressProblem(address)).toBe("expected a URL without query, fragment, user name and password");
  });

  it.each([
    "http://contoso.com",
    "http://127.0.0.1.contoso.com",
    "http://localhost.contoso.com",
    "ftp://contoso.com",
    "file:///etc/x",
  ])("refuses %s, which goes to another machine without TLS or is no web address", (address) => {
    expect(addressProblem(address)).toBe("expected a URL that begins with https:// (http:// only to this machine)");
  });

  it("refuses what is not a URL", () => {
    expect(addressProblem("contoso")).toBe("expected a URL that begins with https://");
  });
});

describe("trimAddress()", () => {
  it("takes the slashes off the end", () => {
    expect(trimAddress("https://contoso.com/a//")).toBe("https://contoso.com/a");
  });
});
