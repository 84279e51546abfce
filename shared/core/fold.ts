// The one place where two spellings of the same thing become one text. Both sides of a comparison pass through here.

// Texts that are folded already, which nearly all are: to see that costs a tenth of folding them.
const foldedAddress = /^[!-@[-~]*$/;
const foldedName = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** An address for comparing: API Management and mail systems treat capitals as equal. */
export function foldAddress(address: string): string {
  if (foldedAddress.test(address)) return address;
  return address.normalize("NFC").trim().toLowerCase();
}

/** An id of API Management for comparing: its URLs do not tell capitals apart. */
export function foldId(id: string): string {
  return id.toLowerCase();
}

// Controls, and the marks that turn the direction of text around: neither belongs into a name. Joiners stay, Persian and
// Indic names need them.
const controls = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]+/gu;
const spaces = /\s+/gu;

/** A name as both sides write it: composed, without control characters, single spaces, at most so many characters. */
export function foldName(name: string, maxLength: number): string {
  if (name.length <= maxLength && foldedName.test(name)) return name;
  const text = name.replace(spaces, " ").replace(controls, "").replace(spaces, " ").normalize("NFC").trim();
  return [...text].slice(0, maxLength).join("").trim();
}
