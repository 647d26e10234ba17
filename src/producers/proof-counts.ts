import type { Configuration } from '../configuration/model.ts'
import type { Meter } from '../platform/metrics/meter.ts'
import type { SourceResult } from './run-source.ts'

const proofs = ['proven', 'unlisted', 'incomplete'] as const

/**
 * Starts the counters of each configured read at 0, once: `increase()` does not see the step from no series to 1, so an
 * alert would miss the first window that could not be proven.
 */
export function createProofStart(meter: Meter | undefined, configuration: () => Configuration): () => void {
  const started = new Set<string>()
  return () => {
    for (const { id: read } of configuration().systems.flatMap(({ reads }) => reads)) {
      if (started.has(read)) continue
      started.add(read)
      for (const proof of proofs) meter?.count('waldstream_window_proofs_total', { read, proof }, 0)
    }
  }
}

export function countProof(meter: Meter | undefined, read: string, { state, listed }: SourceResult): void {
  const proof: (typeof proofs)[number] = state === 'incomplete' ? 'incomplete' : listed === null ? 'unlisted' : 'proven'
  meter?.count('waldstream_window_proofs_total', { read, proof })
}
