// One line of the results, and the benchmark that gives such lines.

export type Measurement = {
  readonly what: string;
  readonly seconds?: number;
  readonly cpuSeconds?: number;
  /** Where something was asked again and again. */
  readonly milliseconds?: { readonly p50: number; readonly p95: number; readonly max: number; readonly times: number };
  readonly requests?: number;
  /** Seconds that the requests take at least under Resource Manager's published limits: computed, not measured. */
  readonly armSeconds?: number;
  /** Peak of resident memory of the process, MB of 10^6 bytes. */
  readonly peakMb?: number;
  /** What the number is compared with. `goal` is the most that the project allows itself. */
  readonly against?: { readonly what: string; readonly ratio: number; readonly goal?: number };
};

/** One point of the growth plot. */
export type GrowthPoint = {
  readonly users: number;
  readonly planSeconds: number;
  readonly planCpuSeconds: number;
  readonly receiveSeconds: number;
  readonly planPeakMb: number;
};

export type BenchmarkResult = {
  readonly name: string;
  readonly title: string;
  readonly lines: readonly Measurement[];
  readonly growth?: readonly GrowthPoint[];
};

/** `folder` is for files of the run; it is deleted afterwards. */
export type Benchmark = {
  readonly name: string;
  run(folder: string, say: (text: string) => void): Promise<BenchmarkResult>;
};
