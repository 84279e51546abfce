// What was asked of the simulator: how often which kind of request, how many were throttled, how many at once.

export type RequestReport = {
  /** By method and kind: `GET users`, `PUT groups/users`; reads of one entity are `GET users/{id}`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  /** Answers with 429, injected ones too. */
  readonly throttled: number;
  readonly mostAtOnce: number;
};

export type RequestCounts = {
  /** Counts the beginning of a request; the result is called with the status that ended it. */
  begin(label: string): (status: number | undefined) => void;
  report(): RequestReport;
  reset(): void;
};

export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, number>();
  let throttled = 0;
  let open = 0;
  let mostAtOnce = 0;
  return {
    begin(label) {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      open += 1;
      mostAtOnce = Math.max(mostAtOnce, open);
      return (status) => {
        open -= 1;
        if (status === 429) throttled += 1;
      };
    },
    report: () => ({
      counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
      total: [...counts.values()].reduce((sum, count) => sum + count, 0),
      throttled,
      mostAtOnce,
    }),
    reset() {
      counts.clear();
      throttled = 0;
      mostAtOnce = open;
    },
  };
}
