import type { ShownStock } from '../operations/preview-stock.ts'

/** Stock as shops read it: the sum that leads to it, and why it is less or left out. Null: no such connection. */
export function stockText(stock: ShownStock | null): string {
  if (stock === null) return '(none)'
  return [sumText(stock), ...staleText(stock), ...leftOutText(stock)].join('; ')
}

function sumText({ total, parts, stale }: ShownStock): string {
  if (parts === undefined) return stale === null ? `${total} as read` : total
  const { available, reserved, buffer, sellable, locations, reason, held_until } = parts
  const sum = `${available} at ${locations.join(', ') || 'no location'} - ${reserved} reserved - ${buffer} buffer`
  const why = [reason, held_until === null ? null : `held until ${held_until}`].filter((text) => text !== null)
  const lowered = total === sellable ? '' : ` → ${total}`
  return `${sum} = ${sellable}${why.length === 0 ? '' : ` (${why.join(', ')})`}${lowered}`
}

function staleText({ stale, in_stock }: ShownStock): readonly string[] {
  if (stale === null) return []
  return [`stale (${stale.policy}${in_stock ? '' : ', out of stock'}): ${stale.reason}`]
}

function leftOutText({ left_out }: ShownStock): readonly string[] {
  if (left_out === null) return []
  const { setting, reason } = left_out
  return [`left out${setting === null ? '' : ` (${setting})`}: ${reason}`]
}
