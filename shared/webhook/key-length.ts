// How long the key of a signature has to be. One of blanks, or a word, is one that a stranger can try.

export const fewestKeyBytes = 16;

/** Whether a text can be a key: at least 16 characters, blanks around it not counted. */
export function isKeyText(text: string): boolean {
  return text.trim().length >= fewestKeyBytes;
}
