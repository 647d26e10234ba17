import type { Run } from '../control/runs.ts'
import { isSweep } from '../control/sweeps.ts'

/**
 * What is known of a window being read whole (Guarantee 6). `pending`: its end is still to come. `proven`: the source listed what is
 * in it, and all of it had been read. `unlisted`: it was read to its end, and the source listed nothing to compare with.
 * `incomplete`: the source lists what it did not give. `broken_off`: the run ended before. `none`: nothing was read by time.
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

/** Whether the next run begins where this one ended: a run for a date or a queue, and one without an end, leave the cut date. */
export function movedCutDate(run: Pick<Run, 'state' | 'trigger' | 'backfill_from' | 'queue_url'>): boolean {
  return run.state === 'ended' && !isSweep(run.trigger) && run.backfill_from === null && run.queue_url === null
}
