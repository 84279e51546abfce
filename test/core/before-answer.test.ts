import { describe, expect, it } from "vitest";
import { hindranceOf, hindranceText } from "../../shared/core/before-answer.ts";

function named(name: string, fields: object = {}): Error {
  return Object.assign(new Error("it says much"), { name, ...fields });
}

describe("hindranceOf()", () => {
  it.each([
    [named("CredentialUnavailableError"), "noIdentity", "CredentialUnavailableError"],
    [named("AggregateAuthenticationError"), "noIdentity", "AggregateAuthenticationError"],
    [named("AuthenticationError", { statusCode: 400 }), "refusedIdentity", "AuthenticationError"],
    [named("RestError", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), "certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [named("Error", { code: "CERT_HAS_EXPIRED" }), "certificate", "CERT_HAS_EXPIRED"],
    [named("Error", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }), "certificate", "ERR_TLS_CERT_ALTNAME_INVALID"],
    [named("Error", { code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" }), "certificate", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  ])("sees that the receiver of %s is not to blame", (error, kind, said) => {
    expect(hindranceOf(error)).toEqual({ kind, said });
  });

  it.each([
    named("RestError", { code: "ECONNREFUSED" }),
    named("RestError", { statusCode: 403, code: "AuthorizationFailure" }),
    named("toString"),
    { name: 1, code: 2 },
    "ECONNRESET",
    null,
    undefined,
  ])("says nothing of %s", (error) => {
    expect(hindranceOf(error)).toBeUndefined();
  });
});

describe("hindranceText()", () => {
  it("says what to do, by kind", () => {
    const text = (kind: "noIdentity" | "refusedIdentity" | "certificate") =>
      hindranceText({ kind, said: "X" }, "the vault");

    expect(text("noIdentity")).toMatch(
      /^no token could be had for the vault \(X\), .*; turn on the app's managed identity/,
    );
    expect(text("refusedIdentity")).toMatch(/^the identity was refused a token for the vault \(X\).*AZURE_CLIENT_ID/);
    expect(text("certificate")).toMatch(/^the certificate of the vault is not trusted \(X\).*NODE_EXTRA_CA_CERTS/);
  });
});
