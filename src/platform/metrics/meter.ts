import type { CounterName, GaugeName, HistogramName, Labels } from './metric-list.ts'

/**
 * What the program counts while it works. Calls are cheap, but not free: whoever has many records counts them by batch.
 * Labels never hold what a system gives: no keys, no SKUs.
 */
export interface Meter {
  count<N extends CounterName>(name: N, labels: Labels<N>, by?: number): void
  /** Each of these values, of the same labels. */
  observe<N extends HistogramName>(name: N, labels: Labels<N>, seconds: readonly number[]): void
}

/** A gauge as it stands when it is asked for. */
export type Sample = {
  [N in GaugeName]: { readonly name: N; readonly labels: Labels<N>; readonly value: number }
}[GaugeName]

/** Counts nothing: for what runs without anybody who looks. */
export const noMeter: Meter = { count: () => undefined, observe: () => undefined }
