/** What a request's trigger says of a run that looks for deletions: by its guard, or whatever is gone. */
export const SWEEP = 'sweep'
export const SWEEP_ACCEPTED = 'sweep-accepted'
/** As a sweep, but nothing is deleted: it says what would be. */
export const SWEEP_PREVIEW = 'sweep-preview'

export type SweepTrigger = typeof SWEEP | typeof SWEEP_ACCEPTED | typeof SWEEP_PREVIEW

export function isSweep(trigger: string): trigger is SweepTrigger {
  return trigger === SWEEP || trigger === SWEEP_ACCEPTED || trigger === SWEEP_PREVIEW
}

const MARK = '~sweep'

/**
 * Sweeps of a read have a lease and a waiting run of their own: they neither delay its runs nor are they joined to them. So have
 * previews: one that was joined to a sweep would delete, and a sweep that was joined to one would not.
 */
export function controlKey(read: string, trigger: string): string {
  if (trigger === SWEEP_PREVIEW) return `${read}${MARK}-preview`
  return isSweep(trigger) ? `${read}${MARK}` : read
}

/** The read of a row of `sync_control`; no read has the mark in its id. */
export function readOfControl(key: string): string {
  return key.split('~', 1)[0] ?? key
}
