import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeValidationKey,
  delegationQuery,
  isSignedWith,
  parseDelegation,
} from "../../shared/webhook/delegation-signature.ts";

const printedKey = "qdHx4p0bmkLWUoQaD5qO5h5QZJkKLgmVj/tmIeTfQkz6YyUeH2jRQj9gk+0kF3sRtIaZ8dN0Hk2mOZ1qvJ4vYA==";
const key = Buffer.from(printedKey, "base64");

/** What the official samples do, written out for one text. */
function sign(text: string): string {
  return createHmac("sha512", Buffer.from(printedKey, "base64")).update(text, "utf8").digest("base64");
}

function query(values: Readonly<Record<string, string>>): string {
  return new URLSearchParams(values).toString();
}

function isValid(text: string): boolean {
  const link = parseDelegation(text);
  return link !== undefined && isSignedWith(key, link);
}

const salt = "wDoXVtGVTQ+Wf0Iy/1h6mA==";
const returnUrl = "/products/payments?tab=apis&a=b c#top";

// One line for each operation of the documentation: its parameters, and the string that is signed.
const vectors = [
  ["SignIn", { returnUrl }, `${salt}\n${returnUrl}`],
  ["SignUp", { returnUrl }, `${salt}\n${returnUrl}`],
  ["ChangePassword", { userId: "rc-abc" }, `${salt}\nrc-abc`],
  ["ChangeProfile", { userId: "rc-abc" }, `${salt}\nrc-abc`],
  ["CloseAccount", { userId: "rc-abc" }, `${salt}\nrc-abc`],
  ["SignOut", { userId: "rc-abc" }, `${salt}\nrc-abc`],
  ["Subscribe", { productId: "payments-api", userId: "rc-abc" }, `${salt}\npayments-api\nrc-abc`],
  ["Unsubscribe", { subscriptionId: "5f0c", userId: "rc-abc" }, `${salt}\n5f0c`],
] as const;

describe("the official signatures", () => {
  it.each(vectors)("of %s verify, with the validation key decoded from base64", (operation, values, text) => {
    expect(isValid(query({ operation, ...values, salt, sig: sign(text) }))).toBe(true);
  });

  it("match one that was made with another program", () => {
    // printf 'salt\nreturn' | openssl dgst -sha512 -mac HMAC -macopt hexkey:6b6579 -binary | base64
    const sig = "TcjJafnekGpYsgL3tk+RRun31/UtNOTJRqJ/2dax9p0Q3y+Krp5w2QFxO8iNuJs1d1hsBfBbyeI8FhBWsP4Gig==";
    const link = parseDelegation(query({ operation: "SignIn", returnUrl: "return", salt: "salt", sig }));

    expect(link !== undefined && isSignedWith(Buffer.from("key"), link)).toBe(true);
  });

  it.each(vectors)(
    "of %s do not verify with the key as it is printed, nor with another key",
    (operation, values, text) => {
      const printed = createHmac("sha512", printedKey).update(text).digest("base64");
      const other = createHmac("sha512", "another key").update(text).digest("base64");

      expect(isValid(query({ operation, ...values, salt, sig: printed }))).toBe(false);
      expect(isValid(query({ operation, ...values, salt, sig: other }))).toBe(false);
    },
  );

  it.each(vectors)("of %s do not verify for another value", (operation, values, text) => {
    const sig = sign(text);
    const signed: readonly string[] = Object.keys(values).filter(
      (name) => operation !== "Unsubscribe" || name !== "userId",
    );

    for (const name of [...signed, "salt"]) {
      const changed = query({ operation, ...values, salt, sig, [name]: "another" });
      expect([name, isValid(changed)]).toEqual([name, false]);
    }
  });

  it.each(vectors)("of %s do not verify in another order of values", (operation, values, text) => {
    const sig = sign(text.split("\n").reverse().join("\n"));

    expect(isValid(query({ operation, ...values, salt, sig }))).toBe(false);
  });

  it("do not verify for a Subscribe whose product and user were swapped", () => {
    const sig = sign(`${salt}\npayments-api\nrc-abc`);

    expect(isValid(query({ operation: "Subscribe", productId: "rc-abc", userId: "payments-api", salt, sig }))).toBe(
      false,
    );
  });
});

describe("a signature in another spelling", () => {
  const [operation, values, text] = vectors[6];
  // One with all the characters that matter: found by trying salts.
  const spelt = Array.from({ length: 200 }, (_, number) => `salt-${number}`)
    .map((each) => ({ salt: each, sig: sign(text.replace(salt, each)) }))
    .find(({ sig }) => sig.includes("+") && sig.includes("/"));
  if (spelt === undefined) throw new Error("No salt gives a signature with + and /");
  const right = { operation, ...values, ...spelt };

  it("verifies in its own", () => {
    expect(isValid(query(right))).toBe(true);
  });

  it.each([
    ["in the alphabet of URLs", spelt.sig.replaceAll("+", "-").replaceAll("/", "_")],
    ["without its padding", spelt.sig.replace(/=+$/, "")],
    ["with more padding", `${spelt.sig}=`],
    ["with a space for each plus", spelt.sig.replaceAll("+", " ")],
    ["percent-encoded twice", encodeURIComponent(spelt.sig)],
    ["with a space behind it", `${spelt.sig} `],
    ["with a line break behind it", `${spelt.sig}\n`],
    ["in capitals", spelt.sig.toUpperCase()],
    ["in hexadecimal", Buffer.from(spelt.sig, "base64").toString("hex")],
    [
      "with other bits behind its end",
      spelt.sig.replace(/.==$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}==`),
    ],
    ["cut short", spelt.sig.slice(0, 20)],
    ["empty", ""],
  ])("does not verify %s", (_, sig) => {
    expect(sig).not.toBe(right.sig);
    expect(isValid(query({ ...right, sig }))).toBe(false);
  });

  it("does not verify with a plus that was not encoded, which is a space in a query", () => {
    const raw = query(right).replace(encodeURIComponent(right.sig), right.sig);

    expect(raw).not.toBe(query(right));
    expect(isValid(raw)).toBe(false);
  });

  it("does not verify with values that are encoded twice", () => {
    const signIn = { operation: "SignIn", returnUrl, salt, sig: sign(`${salt}\n${returnUrl}`) };

    expect(isValid(query({ ...signIn, returnUrl: encodeURIComponent(returnUrl) }))).toBe(false);
  });
});

describe("parseDelegation()", () => {
  const right = { operation: "Subscribe", productId: "p", userId: "u", salt, sig: sign(`${salt}\np\nu`) };

  it.each(Object.keys(right))("takes no link with two of %s", (name) => {
    for (const twice of [`${query(right)}&${name}=x`, `${name}=x&${query(right)}`, `${query(right)}&${query(right)}`])
      expect(parseDelegation(twice)).toBeUndefined();
  });

  it.each(Object.keys(right))("takes no link without %s, or with an empty one", (name) => {
    const { [name]: _, ...rest } = { ...right } as Record<string, string>;

    expect(parseDelegation(query(rest))).toBeUndefined();
    expect(parseDelegation(query({ ...rest, [name]: "" }))).toBeUndefined();
  });

  it.each([["Renew"], ["subscribe"], ["SIGNIN"], ["constructor"], ["__proto__"]])(
    "takes no operation %s",
    (operation) => {
      expect(parseDelegation(query({ ...right, returnUrl: "/", operation }))).toBeUndefined();
    },
  );

  it("takes no value with a line break, which would let one signed text be read as two", () => {
    const sig = sign(`${salt}\np\nu`);

    expect(parseDelegation(query({ operation: "CloseAccount", userId: "p\nu", salt, sig }))).toBeUndefined();
    expect(parseDelegation(query({ operation: "CloseAccount", userId: "u", salt: `${salt}\np`, sig }))).toBeUndefined();
  });

  it("takes no link that is too long", () => {
    expect(
      parseDelegation(query({ operation: "SignIn", returnUrl: "/".repeat(2_049), salt, sig: "x" })),
    ).toBeUndefined();
    expect(parseDelegation(`${query(right)}&x=${"x".repeat(9_000)}`)).toBeUndefined();
  });

  it("never throws, whatever the query is", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => isValid(text) === false));
    expect(isValid("%E0%A4%A&operation=%")).toBe(false);
  });

  it("gives a query back that is the same link, without what does not belong to it", () => {
    const link = parseDelegation(`${query(right)}&code=secret&utm=x`);

    expect(link && delegationQuery(link)).toBe(query(right));
  });
});

describe("decodeValidationKey()", () => {
  it("decodes base64, and takes the line break off that a file ends with", () => {
    expect(decodeValidationKey(`${printedKey}\n`)).toEqual(key);
  });

  it.each([
    [""],
    ["\n"],
    ["not a key"],
    ["YQ"],
    ["YR=="],
    [Buffer.alloc(15, 1).toString("base64")],
    [`${printedKey}!`],
  ])("gives nothing for %j", (text) => {
    expect(decodeValidationKey(text)).toBeUndefined();
  });
});
