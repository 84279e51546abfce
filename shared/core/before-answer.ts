// What keeps a request from its receiver, told by the names and codes of libraries' errors: then the receiver is not to blame.

/** `noIdentity`: nothing gave a token. `refusedIdentity`: Microsoft Entra or the identity's endpoint said no. */
export type Hindrance = { readonly kind: "noIdentity" | "refusedIdentity" | "certificate"; readonly said: string };

/** Of @azure/identity; compared by name so that the library is not loaded for it. */
const identityErrors: Readonly<Record<string, "noIdentity" | "refusedIdentity">> = {
  CredentialUnavailableError: "noIdentity",
  AuthenticationRequiredError: "noIdentity",
  // The chain of a developer's machine: nothing in it gave a token.
  AggregateAuthenticationError: "noIdentity",
  AuthenticationError: "refusedIdentity",
};

// OpenSSL's reasons as Node gives them, and Node's own: https://nodejs.org/api/tls.html#x509-certificate-error-codes
const certificateCode =
  /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_(?:GET|VERIFY|DECODE|DECRYPT)_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|HOSTNAME_MISMATCH$|INVALID_(?:CA|PURPOSE)$)/;

/** Undefined where the receiver, or the way to it, may be at fault. */
export function hindranceOf(error: unknown): Hindrance | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const name: unknown = Reflect.get(error, "name");
  const kind = typeof name === "string" && Object.hasOwn(identityErrors, name) ? identityErrors[name] : undefined;
  if (kind !== undefined) return { kind, said: String(name) };
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" && certificateCode.test(code) ? { kind: "certificate", said: code } : undefined;
}

/** The end of a sentence about it: what is the case, what was expected, what to do. */
export function hindranceText({ kind, said }: Hindrance, receiver: string): string {
  switch (kind) {
    case "noIdentity":
      return `no token could be had for ${receiver} (${said}), a managed or signed-in identity was expected; turn on the app's managed identity, name a user-assigned one in AZURE_CLIENT_ID, or sign in with "az login"`;
    case "refusedIdentity":
      return `the identity was refused a token for ${receiver} (${said}), one was expected; check AZURE_CLIENT_ID, and that the identity still exists and belongs to the tenant`;
    case "certificate":
      return `the certificate of ${receiver} is not trusted (${said}), one that this machine trusts was expected; check its address, what stands between, or name its authority's file in NODE_EXTRA_CA_CERTS`;
  }
}
