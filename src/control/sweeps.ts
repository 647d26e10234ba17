/** Triggers of a run that looks for deletions: limited by its guard, or unlimited. */
export const SWEEP = 'sweep'
export const SWEEP_ACCEPTED = 'sweep-accepted'
/** A sweep that deletes nothing: it reports what would be deleted. */
export const SWEEP_PREVIEW = 'sweep-preview'

export type SweepTrigger = typeof SWEEP | typeof SWEEP_ACCEPTED | typeof SWEEP_PREVIEW

export function isSweep(trigger: string): trigger is SweepTrigger {
  return trigger === SWEEP || trigger === SWEEP_ACCEPTED || trigger === SWEEP_PREVIEW
}

const MARK = '~sweep'

/**
 * Sweeps of a read have their own lease and waiting run: they neither delay its runs nor are joined to them. Previews
 * are separate too: a preview joined to a sweep would delete, and a sweep joined to a preview would not.
 */
export function controlKey(read: string, trigger: string): string {
  if (trigger === SWEEP_PREVIEW) return `${read}${MARK}-preview`
  return isSweep(trigger) ? `${read}${MARK}` : read
}

/** The read of a row of `sync_control`; no read id contains the mark. */
export function readOfControl(key: string): string {
  return key.split('~', 1)[0] ?? key
}
