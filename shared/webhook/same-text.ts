// Comparing what a stranger presents with what is right, in a time that tells nothing.
import { createHash, timingSafeEqual } from "node:crypto";

function digest(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

/** Whether both texts are the same; takes the same time wherever they differ. */
export function isSameText(presented: string, expected: string): boolean {
  return timingSafeEqual(digest(presented), digest(expected));
}
