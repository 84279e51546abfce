// The key under which writes that touch one user are kept apart.

/** One key for an id however its letters are written: a key too many for one user would bring 412 back. */
export function userKey(userId: string): string {
  return userId.toLowerCase();
}
