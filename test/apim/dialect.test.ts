import { describe, expect, it } from "vitest";
import { type ApimDoor, createDialect } from "../../shared/apim/dialect.ts";

const baseUrl = "https://contoso.management.azure-api.net";
const resourceId = "/subscriptions/0000/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso";

describe("createDialect", () => {
  it.each([
    ["2014-02-14", "flat", baseUrl, false],
    ["2017-03-01", "flat", baseUrl, false],
    [
      "2018-01-01",
      "enveloped",
      `${baseUrl}/subscriptions/sid/resourceGroups/rgid/providers/Microsoft.ApiManagement/service/sid`,
      false,
    ],
    [
      "2021-08-01",
      "enveloped",
      `${baseUrl}/subscriptions/sid/resourceGroups/rgid/providers/Microsoft.ApiManagement/service/sid`,
      true,
    ],
  ])("speaks %s at the direct door", (apiVersion, shape, root, expandsGroups) => {
    expect(createDialect({ kind: "direct", baseUrl: `${baseUrl}/`, apiVersion })).toMatchObject({
      shape,
      root,
      origin: baseUrl,
      expandsGroups,
    });
  });

  it("speaks to the resource at the arm door", () => {
    expect(createDialect({ kind: "arm", resourceId, apiVersion: "2024-05-01" })).toEqual({
      door: "arm",
      shape: "enveloped",
      root: `https://management.azure.com${resourceId}`,
      origin: "https://management.azure.com",
      apiVersion: "2024-05-01",
      expandsGroups: true,
      removalTells: true,
    });
  });

  it("takes a preview by its date", () => {
    const dialect = createDialect({ kind: "arm", resourceId, apiVersion: "2024-06-01-preview" });

    expect(dialect).toMatchObject({ apiVersion: "2024-06-01-preview", expandsGroups: true });
  });

  it.each<[string, ApimDoor]>([
    ["no version", { kind: "direct", baseUrl, apiVersion: "" }],
    ["a version that is no date", { kind: "direct", baseUrl, apiVersion: "latest" }],
    ["plain http beyond loopback", { kind: "direct", baseUrl: "http://contoso.example", apiVersion: "2021-08-01" }],
    ["no address", { kind: "direct", baseUrl: "contoso", apiVersion: "2021-08-01" }],
    ["an address with a query", { kind: "direct", baseUrl: `${baseUrl}?a=b`, apiVersion: "2021-08-01" }],
    ["a user name", { kind: "direct", baseUrl: "https://u:p@contoso.example", apiVersion: "2021-08-01" }],
    ["a resource id of something else", { kind: "arm", resourceId: "/subscriptions/0000", apiVersion: "2024-05-01" }],
    ["a resource id with a tail", { kind: "arm", resourceId: `${resourceId}/users/1`, apiVersion: "2024-05-01" }],
    ["an endpoint over http", { kind: "arm", resourceId, endpoint: "http://arm.example", apiVersion: "2024-05-01" }],
  ])("refuses %s", (_, door) => {
    expect(() => createDialect(door)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it.each(["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])(
    "allows %s for the local stack",
    (base) => {
      expect(createDialect({ kind: "direct", baseUrl: base, apiVersion: "2021-08-01" }).origin).toBe(base);
    },
  );
});
