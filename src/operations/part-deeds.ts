import type { VendorOrderRequested } from '../events/generated/events.ts'
import { isVirtual } from '../rules/quantities.ts'
import { topLevelLines } from '../rules/split-order.ts'

/** What may be done about a vendor's part, beside holding it. */
export const partDeeds = ['confirm', 'ship', 'cancel', 'resend'] as const
export type PartDeed = (typeof partDeeds)[number]

interface Standing {
  readonly lines: readonly { readonly line: string; readonly open: string }[]
  readonly canceled: boolean
  readonly isHeld: boolean
  readonly isCanceledByHand: boolean
  readonly status: string
}

/**
 * What is possible now, as far as it can be seen without asking the vendor; a preview may still refuse it. `event`: what the
 * vendor was sent last; `byHand`: what it shipped is entered by its people.
 */
export function possibleDeeds(
  { lines, canceled, isHeld, isCanceledByHand, status }: Standing,
  event: VendorOrderRequested | undefined,
  byHand: boolean,
): readonly PartDeed[] {
  const open = new Set(lines.filter((line) => line.open !== '0').map(({ line }) => line))
  const left = event === undefined ? [] : topLevelLines(event.data).filter(({ lineId }) => open.has(lineId))
  const isShippable = byHand && !canceled && left.some((line) => !isVirtual(line))
  const isCancelable = !isHeld && !canceled && left.length > 0
  const isSendable = !isHeld && (status === 'succeeded' || isCanceledByHand)
  return [
    ...(isShippable ? (['confirm', 'ship'] as const) : []),
    ...(isCancelable ? (['cancel'] as const) : []),
    ...(isSendable ? (['resend'] as const) : []),
  ]
}
