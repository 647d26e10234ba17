import type { CounterName, GaugeName, HistogramName, Labels } from './metric-list.ts'

/**
 * Counts what the program does. Calls are cheap, but not free: count records by batch. Labels never contain values from
 * systems, such as keys or SKUs.
 */
export interface Meter {
  count<N extends CounterName>(name: N, labels: Labels<N>, by?: number): void
  /** Observes each of these values, with the same labels. */
  observe<N extends HistogramName>(name: N, labels: Labels<N>, seconds: readonly number[]): void
}

/** The current value of a gauge. */
export type Sample = {
  [N in GaugeName]: { readonly name: N; readonly labels: Labels<N>; readonly value: number }
}[GaugeName]

/** Counts nothing, for code that runs without metrics. */
export const noMeter: Meter = { count: () => undefined, observe: () => undefined }
