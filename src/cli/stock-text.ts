import type { ShownStock } from '../operations/preview-stock.ts'

/** Stock as shops read it: the sum that leads to it, and why it is less or left out. Null: no such connection. */
export function stockText(stock: ShownStock | null): string {
  if (stock === null) return '(none)'
  return [sumText(stock), ...staleText(stock), ...leftOutText(stock)].join('; ')
}

function sumText(stock: ShownStock): string {
  const { total, parts, stale } = stock
  const short = shortageText(stock)
  if (parts === undefined) return `${total}${stale === null ? ' as read' : ''}${short}`
  const { available, reserved, buffer, sellable, locations, reason, held_until } = parts
  const sum = `${available} at ${locations.join(', ') || 'no location'}${short} - ${reserved} reserved - ${buffer} buffer`
  const why = [reason, held_until === null ? null : `held until ${held_until}`].filter((text) => text !== null)
  const lowered = total === sellable ? '' : ` → ${total}`
  return `${sum} = ${sellable}${why.length === 0 ? '' : ` (${why.join(', ')})`}${lowered}`
}

/** Stock of a location that is less than nothing. */
function shortageText({ locations, parts }: ShownStock): string {
  const short = parts?.shortages ?? locations.filter(({ available }) => available.startsWith('-'))
  if (short.length === 0) return ''
  const each = short.map(({ location, available }) => `${location} has ${available}`)
  return ` (${each.join(', ')}, which counts as 0)`
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
