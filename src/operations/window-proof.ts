import type { Run } from '../control/runs.ts'
import { isSweep } from '../control/sweeps.ts'

/**
 * Whether a window was read completely (Guarantee 6). `pending`: the run has not ended. `proven`: the source listed the
 * window's entities, and all were read. `unlisted`: read to its end, but the source gave no list to compare with.
 * `incomplete`: the source lists entities that it did not return. `broken_off`: the run ended early. `none`: it has no
 * window.
 */
export const windowProofs = ['pending', 'proven', 'unlisted', 'incomplete', 'broken_off', 'none'] as const
export type WindowProof = (typeof windowProofs)[number]

export function windowProof({ state, trigger, listed }: Pick<Run, 'state' | 'trigger' | 'listed'>): WindowProof {
  if (isSweep(trigger) || state === 'merged') return 'none'
  if (state === 'due' || state === 'running') return 'pending'
  if (state === 'failed') return 'broken_off'
  if (state === 'incomplete') return 'incomplete'
  return listed === null ? 'unlisted' : 'proven'
}

/** Whether the run moved the cut date. Runs from a date, of a queue, or without a good end do not move it. */
export function movedCutDate(run: Pick<Run, 'state' | 'trigger' | 'backfill_from' | 'queue_url'>): boolean {
  return run.state === 'ended' && !isSweep(run.trigger) && run.backfill_from === null && run.queue_url === null
}
