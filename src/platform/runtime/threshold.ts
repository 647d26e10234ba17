/** How the last entities of one connection ended at one stage: key → failed for a reason of its own; oldest first. */
export type Outcomes = ReadonlyMap<string, boolean>

export interface ThresholdLimits {
  /** Different keys that are looked at. */
  readonly window: number
  /** So many failed ones among them say that the connection is wrong, not the entities. */
  readonly most: number
}

export const usualThreshold: ThresholdLimits = { window: 20, most: 15 }

/** A key counts once, with its last outcome. */
export function noteOutcome(
  outcomes: Outcomes,
  key: string,
  failed: boolean,
  { window, most }: ThresholdLimits,
): { readonly outcomes: Outcomes; readonly tripped: boolean } {
  const others = [...outcomes].filter(([known]) => known !== key)
  const kept = [...others, [key, failed] as const].slice(-window)
  const failures = kept.filter(([, bad]) => bad).length
  return { outcomes: new Map(kept), tripped: failed && failures >= most }
}
