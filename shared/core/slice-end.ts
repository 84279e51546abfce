// What a slice may take when its time is over, in milliseconds. All of it together fits into the margin that is left below
// the host's own limit: a slice that the host ends takes everything else in its process along.

/** A slice's time ends at least so long before the host's limit. */
export const sliceMarginMs = 30_000;

/** Changes that are under way when the time is over go on for so long; then they are stopped. */
export const inFlightMs = 15_000;

/** A write of the journal that is under way by then, and once more for what waits for it. */
export const lastBlockMs = 2_000;

/** What was done is counted, and once more: the record is written and the next slice asked for. */
export const closingMs = 4_000;

/** The leases are given back. */
export const releaseMs = 2_000;
