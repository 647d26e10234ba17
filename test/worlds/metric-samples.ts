import { createMetrics } from '../../src/platform/metrics/prom-meter.ts'

/** Samples of a text of metrics: the value by the name with its labels. */
export function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

/** The metrics of what is tested, and what they come to: counters, and counts of histograms. */
export function countingMeter() {
  const meter = createMetrics()
  const counted = async () => {
    const samples = [...samplesOf(await meter.exposition([]))]
    return Object.fromEntries(samples.filter(([name]) => !/_(bucket|sum)(\{|$)/.test(name)))
  }
  return { meter, counted }
}
