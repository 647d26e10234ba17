import { text8 } from '../../events/decimal.ts'
import type { FulfilmentLine } from '../../events/generated/events.ts'
import { cutText, lineText } from './fit-text.ts'

/** Longest reason that a shop is told; BigCommerce's staff notes hold those of all fulfilments. */
const LONGEST_REASON = 200

/** Why an ERP says that something is not delivered, on one line; null: it does not say. */
export function reasonText(text: string | null): string | null {
  const line = lineText(text)
  return line === null ? null : cutText(line, LONGEST_REASON)
}

/** What is not delivered, for the shop's people: pieces, SKU, and the reason where the ERP has one. */
export function undeliveredText(lines: readonly FulfilmentLine[], times: string): string {
  const told = lines.map(({ quantity, sku, reason }) => {
    const what = `${text8(quantity)} ${times} ${sku}`
    return reason === null ? what : `${what} (${reason})`
  })
  return told.join(', ')
}
