/** What a request's trigger says of a run that looks for deletions: by its guard, or whatever is gone. */
export const SWEEP = 'sweep'
export const SWEEP_ACCEPTED = 'sweep-accepted'

export function isSweep(trigger: string): boolean {
  return trigger === SWEEP || trigger === SWEEP_ACCEPTED
}

const MARK = '~sweep'

/** Sweeps of a read have a lease and a waiting run of their own: they neither delay its runs nor are they joined to them. */
export function controlKey(read: string, trigger: string): string {
  return isSweep(trigger) ? `${read}${MARK}` : read
}

/** The read of a row of `sync_control`; no read has the mark in its id. */
export function readOfControl(key: string): string {
  return key.split('~', 1)[0] ?? key
}
