import type { VendorOrderRequested } from '../events/generated/events.ts'
import { isVirtual } from '../rules/quantities.ts'
import { topLevelLines } from '../rules/split-order.ts'

/** Actions on a vendor's part, besides a hold. */
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
 * Actions that are possible now, without asking the vendor; a preview may still refuse them. `event`: the last version
 * sent to the vendor; `byHand`: the vendor's people enter shipments by hand.
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
