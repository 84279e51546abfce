import { describe, expect, it } from "vitest";
import { principalOf } from "../../shared/api/principal.ts";

const on = { authenticationIsOn: true };
const ids = "http://schemas.microsoft.com/identity/claims";

function header(value: unknown): (name: string) => string | undefined {
  const text = typeof value === "string" ? value : Buffer.from(JSON.stringify(value)).toString("base64");
  return (name) => (name === "x-ms-client-principal" ? text : undefined);
}

function claims(...pairs: readonly (readonly [typ: string, val: string])[]) {
  return { auth_typ: "aad", claims: pairs.map(([typ, val]) => ({ typ, val })) };
}

const adele = claims(
  [`${ids}/objectidentifier`, "object-1"],
  [`${ids}/tenantid`, "tenant-1"],
  ["preferred_username", "adele@contoso.com"],
  ["roles", "Rollcall.Approver"],
  ["roles", "Another.Role"],
);

describe("principalOf()", () => {
  it("gives ids, name and roles of who is signed in", () => {
    expect(principalOf(header(adele), on)).toEqual({
      name: "adele@contoso.com",
      address: "adele@contoso.com",
      objectId: "object-1",
      tenantId: "tenant-1",
      roles: ["approver"],
    });
  });

  it("takes the short names of claims too, and the object id for a name where there is no other", () => {
    expect(principalOf(header(claims(["oid", "object-1"], ["tid", "tenant-1"])), on)).toEqual({
      name: "object-1",
      objectId: "object-1",
      tenantId: "tenant-1",
      roles: [],
    });
  });

  it("keeps every address that the claims name, once, apart from the one by which people are asked", () => {
    const upn = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
    const many = claims(
      ["email", "adele@contoso.com"],
      [upn, "ab123@contoso.onmicrosoft.com"],
      ["unique_name", "Adele Vance"],
      ["preferred_username", "ab123@contoso.onmicrosoft.com"],
      ["verified_primary_email", "adele.vance@contoso.com"],
    );

    expect(principalOf(header(many), on)).toEqual({
      name: "ab123@contoso.onmicrosoft.com",
      address: "ab123@contoso.onmicrosoft.com",
      otherAddresses: ["adele@contoso.com", "adele.vance@contoso.com"],
      roles: [],
    });
  });

  it("gives nobody where the platform does not say that authentication is on: anybody can send the header", () => {
    expect(principalOf(header(adele), { authenticationIsOn: false })).toBeUndefined();
  });

  it("gives nobody for the claims of another provider", () => {
    expect(principalOf(header({ ...adele, auth_typ: "github" }), on)).toBeUndefined();
  });

  it.each([
    ["no JSON", "e30="],
    ["not base64", "%%%"],
    ["no claims", { auth_typ: "aad" }],
    ["claims that are no list", { claims: "oid" }],
    ["claims of another form", { claims: [null, 7, { typ: "oid" }, { typ: 1, val: 2 }] }],
    ["no name", claims(["tid", "tenant-1"])],
    ["nothing", ""],
  ])("gives nobody for a header with %s", (_, value) => {
    expect(principalOf(header(value), on)).toBeUndefined();
  });

  it("gives nobody without the header", () => {
    expect(principalOf(() => undefined, on)).toBeUndefined();
  });
});
