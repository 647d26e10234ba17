import { textOf } from '../kit/wire.ts'

/** Custom field of the order that holds the content digest: it shows that NetSuite has this content. */
export const DIGEST_FIELD = 'custbody_waldstream_digest'
/** Custom field of an order's line that holds the shop's line id. */
export const LINE_FIELD = 'custcol_waldstream_line'
/** What `LINE_FIELD` holds on the line of the tax: it is no line of the shop, and nothing of it is shipped. */
export const TAX_LINE = '#tax'

/** Ends the digest of an order that was closed because the shop canceled it: that is no news for the shop. */
const BY_THE_SHOP = ' canceled'

/** What the digest's field holds for a content. */
export function digestMark({ contentDigest, canceled }: { contentDigest: string; canceled: boolean }): string {
  return canceled ? `${contentDigest}${BY_THE_SHOP}` : contentDigest
}

/** Ends the digest of an order of which the shop takes back what was shipped, before the lines of which we closed the rest. */
const WITHDRAWN = ' withdrawn'
const WITHDRAWN_PARTS = / withdrawn(?: of (none|[\d,]+))?$/

/** What a free-form text field holds. */
const MOST_CHARACTERS = 300

/**
 * What an order is marked with of which the shop took back what was shipped. `lines`: numbers of the lines whose rest was closed
 * for that; null, or too many to be named: all that is closed. Its shipments are the shop's to know.
 */
export function withdrawnMark(
  { contentDigest }: { contentDigest: string },
  lines: readonly string[] | null = null,
): string {
  const whole = contentDigest + WITHDRAWN
  const named = lines === null ? whole : `${whole} of ${lines.length === 0 ? 'none' : lines.join()}`
  return named.length <= MOST_CHARACTERS ? named : whole
}

/** Whether what is closed of an order's line was closed because the shop had taken it back. */
export function isTakenBack(
  order: Readonly<Record<string, unknown>>,
  line: Readonly<Record<string, unknown>>,
): boolean {
  const parts = WITHDRAWN_PARTS.exec(String(order[DIGEST_FIELD] ?? ''))
  if (parts === null) return false
  const [, lines] = parts
  return lines === undefined || lines.split(',').includes(textOf(line['line']) ?? '')
}

/** Ends the digest of an order in part shipped of which the shop wants no more than that. */
const SETTLED = ' settled'

/** What an order is marked with of which the shop took back all that was not shipped. */
export function settledMark({ contentDigest }: { contentDigest: string }): string {
  return contentDigest + SETTLED
}

/** Whether the shop knows what was shipped of an order, and wants no more of it. */
export function isSettled(order: Readonly<Record<string, unknown>>): boolean {
  return String(order[DIGEST_FIELD] ?? '').endsWith(SETTLED)
}

/** Whether the shop took back more of an order than was open. */
export function isWithdrawn(order: Readonly<Record<string, unknown>>): boolean {
  return WITHDRAWN_PARTS.test(String(order[DIGEST_FIELD] ?? ''))
}

/** Ends the digest of an order that waits for the shop, before the status that it had. */
const HELD = ' held '

/** What an order that waits for the shop is marked with; `status`: the letter that it has again when it is released. */
export function heldMark({ contentDigest }: { contentDigest: string }, status: string): string {
  return `${contentDigest}${HELD}${status}`
}

/** The status that an order had before it was to wait; null: it does not wait for the shop. */
export function statusBeforeHold(order: Readonly<Record<string, unknown>>): string | null {
  return / held (\w)$/.exec(String(order[DIGEST_FIELD] ?? ''))?.[1] ?? null
}

/** Whether an order has this content. */
export function hasContent(
  order: Readonly<Record<string, unknown>>,
  event: { contentDigest: string; canceled: boolean },
): boolean {
  const mark = String(order[DIGEST_FIELD] ?? '')
  const isSame = [digestMark(event), settledMark(event)].includes(mark)
  return isSame || mark.startsWith(event.contentDigest + HELD)
}

/** Whether an order's lines were closed because the shop canceled it. */
export function closedByTheShop(order: Readonly<Record<string, unknown>>): boolean {
  return String(order[DIGEST_FIELD] ?? '').endsWith(BY_THE_SHOP)
}

/** SQL: the order is one that Waldstream wrote, and not one that the shop canceled. */
export const isOurs = (transaction: string): string =>
  `${transaction}.${DIGEST_FIELD} IS NOT NULL AND ${transaction}.${DIGEST_FIELD} NOT LIKE '%${BY_THE_SHOP}'`
