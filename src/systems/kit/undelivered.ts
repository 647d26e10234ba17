import { text8 } from '../../events/decimal.ts'
import type { FulfilmentLine } from '../../events/generated/events.ts'
import { cutText, lineText } from './fit-text.ts'

/** Longest reason sent to a shop; BigCommerce's staff notes hold those of all fulfilments. */
const LONGEST_REASON = 200

/** The ERP's reason for not delivering something, on one line; null if it gives none. */
export function reasonText(text: string | null): string | null {
  const line = lineText(text)
  return line === null ? null : cutText(line, LONGEST_REASON)
}

/** Undelivered items for the shop's staff: quantity, SKU and the ERP's reason, if any. */
export function undeliveredText(lines: readonly FulfilmentLine[], times: string): string {
  const texts = lines.map(({ quantity, sku, reason }) => {
    const what = `${text8(quantity)} ${times} ${sku}`
    return reason === null ? what : `${what} (${reason})`
  })
  return texts.join(', ')
}
