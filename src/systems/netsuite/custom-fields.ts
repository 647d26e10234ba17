import { textOf } from '../kit/wire.ts'

/** Custom field of the order that holds the content digest: it shows that NetSuite has this content. */
export const DIGEST_FIELD = 'custbody_waldstream_digest'
/** Custom field of an order's line that holds the shop's line id. */
export const LINE_FIELD = 'custcol_waldstream_line'
/** Value of `LINE_FIELD` on the tax line, which is not a line of the shop and is never shipped. */
export const TAX_LINE = '#tax'

/** Suffix of the digest of an order that was closed because the shop canceled it: not reported to the shop. */
const BY_THE_SHOP = ' canceled'

/** The value of the digest field for a content. */
export function digestMark({ contentDigest, canceled }: { contentDigest: string; canceled: boolean }): string {
  return canceled ? `${contentDigest}${BY_THE_SHOP}` : contentDigest
}

/** Suffix of the digest if the shop takes back shipped pieces; the lines whose rest we closed follow. */
const WITHDRAWN = ' withdrawn'
const WITHDRAWN_PARTS = / withdrawn(?: of (none|[\d,]+))?$/

/** Most characters of a free-form text field. */
const MOST_CHARACTERS = 300

/**
 * The mark of an order from which the shop took back shipped pieces. `lines`: numbers of the lines whose rest was
 * closed for that; null, or too many for the field: all closed lines. Its shipments are still reported to the shop.
 */
export function withdrawnMark(
  { contentDigest }: { contentDigest: string },
  lines: readonly string[] | null = null,
): string {
  const whole = contentDigest + WITHDRAWN
  const named = lines === null ? whole : `${whole} of ${lines.length === 0 ? 'none' : lines.join()}`
  return named.length <= MOST_CHARACTERS ? named : whole
}

/** Whether the closed rest of a line was closed because the shop had taken it back. */
export function isTakenBack(
  order: Readonly<Record<string, unknown>>,
  line: Readonly<Record<string, unknown>>,
): boolean {
  const parts = WITHDRAWN_PARTS.exec(String(order[DIGEST_FIELD] ?? ''))
  if (parts === null) return false
  const [, lines] = parts
  return lines === undefined || lines.split(',').includes(textOf(line['line']) ?? '')
}

/** Suffix of the digest of a partly shipped order: the shop wants only what was shipped. */
const SETTLED = ' settled'

/** The mark of an order from which the shop took back everything that was not shipped. */
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

/** Suffix of the digest of an order on hold; the status before the hold follows. */
const HELD = ' held '

/** The mark of an order on hold; `status`: letter of the status to restore when it is released. */
export function heldMark({ contentDigest }: { contentDigest: string }, status: string): string {
  return `${contentDigest}${HELD}${status}`
}

/** The status of an order before it was put on hold; null: it is not on hold. */
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
