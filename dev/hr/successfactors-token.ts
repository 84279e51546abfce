// How a simulated SAP SuccessFactors reads the SAML assertion that asks for a token: it has to be signed by the key of
// the OAuth client, and to be meant for this service and this moment. Only what the signature covers counts.
import { createPublicKey } from "node:crypto";
import { SignedXml } from "xml-crypto";
import type { HrCall, HrWorld } from "./hr-system.ts";

const grantType = "urn:ietf:params:oauth:grant-type:saml2-bearer";

/** Why there is no token for this request, or undefined when there is one. */
export function assertionFault(call: HrCall, world: HrWorld): string | undefined {
  const form = new URLSearchParams(call.body);
  if (form.get("grant_type") !== grantType) return "The grant type is not known";
  if (form.get("company_id") !== "contoso") return "The company is not known";
  const signed = signedPart(Buffer.from(form.get("assertion") ?? "", "base64").toString("utf8"), world.secret);
  if (signed === undefined) return "The assertion is not signed by the client";
  const find = (pattern: RegExp) => pattern.exec(signed)?.[1];
  if (find(/Issuer>([^<]*)</) !== form.get("client_id")) return "The assertion is another client's";
  if (find(/Audience>([^<]*)</) !== "www.successfactors.com") return "The assertion is meant for another audience";
  if (find(/Recipient="([^"]*)"/) !== `${call.url.origin}/oauth/token`)
    return "The assertion is meant for another service";
  const until = Date.parse(find(/Conditions[^>]* NotOnOrAfter="([^"]*)"/) ?? "");
  return until > world.now ? undefined : "The assertion has expired";
}

function signedPart(xml: string, privateKey: string): string | undefined {
  try {
    const publicCert = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
    const verifier = new SignedXml({ publicCert });
    verifier.loadSignature(/<Signature[\s\S]*<\/Signature>/.exec(xml)?.[0] ?? "");
    return verifier.checkSignature(xml) ? verifier.getSignedReferences()[0] : undefined;
  } catch {
    return undefined;
  }
}
