// A SAML 2.0 assertion, signed, with which a program asks for an OAuth token (RFC 7522) in the form that SAP
// SuccessFactors takes: https://help.sap.com/docs/successfactors-platform, "Generating a SAML Assertion".
import { createPrivateKey, randomUUID } from "node:crypto";
import { SignedXml } from "xml-crypto";
import { AppError } from "../core/errors.ts";

export type SamlClaims = {
  /** The API key of the OAuth client: it issues the assertion for itself. */
  readonly clientId: string;
  /** The user in whose name the program reads. */
  readonly user: string;
  readonly audience: string;
  /** Address of the token endpoint. */
  readonly recipient: string;
  /** PEM, or the base64 between its first and its last line. */
  readonly privateKey: string;
  /** Epoch milliseconds. */
  readonly now: number;
};

const lifeMs = 10 * 60_000;
/** Clocks differ. */
const earlierMs = 5 * 60_000;

/** The assertion as XML. @throws SECRET_MALFORMED when the key is none */
export function createSamlAssertion(claims: SamlClaims): string {
  const signer = new SignedXml({
    privateKey: readKey(claims.privateKey),
    signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    canonicalizationAlgorithm: "http://www.w3.org/2001/10/xml-exc-c14n#",
  });
  signer.addReference({
    xpath: "/*",
    digestAlgorithm: "http://www.w3.org/2001/04/xmlenc#sha256",
    transforms: ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#"],
  });
  signer.computeSignature(unsigned(claims), {
    location: { reference: "/*/*[local-name(.)='Issuer']", action: "after" },
  });
  return signer.getSignedXml();
}

function unsigned({ clientId, user, audience, recipient, now }: SamlClaims): string {
  const [issued, from, until] = [now, now - earlierMs, now + lifeMs].map((at) => new Date(at).toISOString());
  return [
    `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" IssueInstant="${issued}" Version="2.0">`,
    `<saml2:Issuer>${escapeXml(clientId)}</saml2:Issuer>`,
    "<saml2:Subject>",
    `<saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${escapeXml(user)}</saml2:NameID>`,
    '<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">',
    `<saml2:SubjectConfirmationData NotOnOrAfter="${until}" Recipient="${escapeXml(recipient)}"/>`,
    "</saml2:SubjectConfirmation></saml2:Subject>",
    `<saml2:Conditions NotBefore="${from}" NotOnOrAfter="${until}">`,
    `<saml2:AudienceRestriction><saml2:Audience>${escapeXml(audience)}</saml2:Audience></saml2:AudienceRestriction>`,
    "</saml2:Conditions>",
    `<saml2:AuthnStatement AuthnInstant="${issued}" SessionIndex="_${randomUUID()}"><saml2:AuthnContext>`,
    "<saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef>",
    "</saml2:AuthnContext></saml2:AuthnStatement>",
    `<saml2:AttributeStatement><saml2:Attribute Name="api_key"><saml2:AttributeValue>${escapeXml(clientId)}</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement>`,
    "</saml2:Assertion>",
  ].join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** Key Vault's form in the portal takes the line breaks out of a PEM. */
function readKey(text: string): string {
  const body = text.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, "");
  const label = /-----BEGIN ([A-Z ]+)-----/.exec(text)?.[1] ?? "PRIVATE KEY";
  try {
    const key = createPrivateKey(
      `-----BEGIN ${label}-----\n${body.replace(/(.{64})/g, "$1\n")}\n-----END ${label}-----\n`,
    );
    if (key.asymmetricKeyType !== "rsa") throw new Error("not an RSA key");
    return key.export({ type: "pkcs8", format: "pem" }).toString();
  } catch (cause) {
    throw new AppError(
      "SECRET_MALFORMED",
      "Cannot sign a SAML assertion: the private key of the source cannot be read, expected an RSA key as PEM without a passphrase",
      { cause },
    );
  }
}
