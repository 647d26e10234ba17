import { isoTime } from '../../events/times.ts'
import { type Html, html } from '../../platform/html.ts'
import { cutText } from '../kit/fit-text.ts'
import type { MailNote } from '../kit/post-office.ts'
import { addressDigest, type ContentLine, type OrderContent } from './order-content.ts'
import type { MailboxValues } from './settings.ts'

/** What an e-mail tells the vendor. */
export type MailKind = 'new' | 'changed' | 'held' | 'released' | 'canceled'

export interface OrderMail {
  readonly kind: MailKind
  readonly content: OrderContent
  /** The last e-mail that the vendor has; null: this is the first. */
  readonly before: MailNote | null
  /** True: an earlier copy of it may have arrived. */
  readonly isCopy: boolean
  /** The page where the vendor answers. */
  readonly link: string
}

export interface MailTexts {
  readonly subject: string
  readonly text: string
  readonly html: string
}

type Wording = Pick<MailboxValues, 'seller' | 'subject' | 'note' | 'linkDays'>

/** What an e-mail with this content tells a vendor that has `before`. */
export function kindOf(before: MailNote | null, { standing }: OrderContent): MailKind {
  if (standing !== 'open') return standing
  if (before === null) return 'new'
  return before.standing === 'held' ? 'released' : 'changed'
}

const HEADS: Readonly<Record<Exclude<MailKind, 'new'>, { readonly prefix: string; readonly lead: string }>> = {
  changed: {
    prefix: 'Changed: ',
    lead: 'This order has changed. What counts is what is below; the earlier e-mail no longer does.',
  },
  held: { prefix: 'On hold: ', lead: 'This order is on hold. Please do not ship it until the next e-mail.' },
  released: { prefix: 'Released: ', lead: 'The hold has ended. Please deliver what is below.' },
  canceled: {
    prefix: 'Canceled: ',
    lead: 'This order is canceled. Please do not ship anything of it that you have not shipped yet.',
  },
}

const COPY =
  'We do not know whether an earlier copy of this e-mail reached you. If it did, there is still only one order: please deliver it once.'

/** The e-mail in both forms. Pure. It says nothing of prices. */
export function mailTexts(mail: OrderMail, wording: Wording): MailTexts {
  return { subject: subjectOf(mail, wording), text: textOf(mail, wording), html: htmlOf(mail, wording) }
}

/** Some mail programs cut longer subjects. */
const LONGEST_SUBJECT = 150

function subjectOf({ kind, content: { number } }: OrderMail, { subject, seller }: Wording): string {
  const filled = subject.replaceAll(/\{(number|seller)\}/g, (_, name) => (name === 'number' ? number : seller))
  const prefix = kind === 'new' ? '' : HEADS[kind].prefix
  return cutText(`${prefix}${filled}`.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '), LONGEST_SUBJECT)
}

/** The cancellation of the other order may come later, or the vendor may have shipped it. */
function replacedLead(number: string): string {
  return `It replaces order ${number}. If you have shipped anything of ${number}, please ask us before you ship this one.`
}

/** Sentences above the order. */
function leadsOf({ kind, isCopy, content: { replaces } }: OrderMail, { note }: Wording): readonly string[] {
  const replaced = replaces === null || kind !== 'new' ? null : replacedLead(replaces)
  return [kind === 'new' ? null : HEADS[kind].lead, replaced, isCopy ? COPY : null, note].filter((one) => one !== null)
}

/** How the lines differ from those of the last e-mail; empty for a first one. */
function changesOf({ kind, content, before }: OrderMail): readonly string[] {
  if (before === null || (kind !== 'changed' && kind !== 'released')) return []
  const was = new Map(before.lines.map((line) => [line.line, line]))
  const now = new Map(content.lines.map((line) => [line.line, line]))
  const changed = content.lines.flatMap(({ line, sku, quantity }) => {
    const old = was.get(line)
    if (old === undefined) return [`New: ${quantity} × ${sku}`]
    if (old.sku !== sku) return [`${quantity} × ${sku} in place of ${old.quantity} × ${old.sku}`]
    return old.quantity === quantity ? [] : [`${sku}: ${quantity} in place of ${old.quantity}`]
  })
  const gone = before.lines
    .filter(({ line }) => !now.has(line))
    .map(({ sku, quantity }) => `Removed: ${quantity} × ${sku}`)
  const moved = before.address === addressDigest(content) ? [] : ['The address or the way of shipping has changed.']
  return [...changed, ...gone, ...moved]
}

/** Labels and values of the order. */
function factsOf({
  shippingMethod,
  phone,
  purchaseOrder,
  fields,
  placedAt,
}: OrderContent): readonly (readonly [string, string])[] {
  const facts = [
    ['Placed', isoTime(placedAt).slice(0, 10)],
    ['Shipping', shippingMethod],
    ['Phone', phone],
    ['Purchase order', purchaseOrder],
    ...fields.map(({ name, value }) => [name, value] as const),
  ] as const
  return facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
}

const answerLead = (kind: MailKind) =>
  kind === 'canceled' ? 'The order as it is now:' : 'Confirm, ship or reject it here:'
const linkNote = ({ linkDays }: Wording) =>
  `The link is for you alone: whoever has it can answer for you. It is valid for ${linkDays} days after this e-mail.`

function textOf(mail: OrderMail, wording: Wording): string {
  const { content, kind, link } = mail
  const changes = changesOf(mail)
  const block = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [[title, ...lines].join('\n')])
  return `${[
    `Order ${content.number} from ${wording.seller}`,
    ...leadsOf(mail, wording),
    ...block(
      'What changed',
      changes.map((one) => `- ${one}`),
    ),
    `${answerLead(kind)}\n${link}`,
    ...block('To deliver', content.lines.flatMap(lineTexts)),
    ...(kind === 'canceled' ? [] : block('Ship to', content.shipTo)),
    ...block(
      'Details',
      factsOf(content).map(([name, value]) => `${name}: ${value}`),
    ),
    linkNote(wording),
  ].join('\n\n')}\n`
}

function lineTexts({ quantity, sku, name, parts, fields }: ContentLine): readonly string[] {
  return [
    `${quantity} × ${sku}${name === sku ? '' : `  ${name}`}`,
    ...parts.map(
      (part) => `    contains ${part.quantity} × ${part.sku}${part.name === part.sku ? '' : `  ${part.name}`}`,
    ),
    ...fields.map((field) => `    ${field.name}: ${field.value}`),
  ]
}

function htmlOf(mail: OrderMail, wording: Wording): string {
  const { content, kind, link } = mail
  const changes = changesOf(mail)
  const listed = (title: string, items: readonly Html[]) =>
    items.length === 0 ? html`` : html`<h2 style="${H2}">${title}</h2><ul>${items}</ul>`
  const lines = content.lines.map(
    (line) =>
      html`<tr><td style="${CELL};text-align:right"><strong>${line.quantity}</strong></td><td style="${CELL}"><strong>${line.sku}</strong></td><td style="${CELL}">${line.name}${detailsOf(line)}</td></tr>`,
  )
  const table =
    lines.length === 0
      ? html``
      : html`<h2 style="${H2}">To deliver</h2><table style="border-collapse:collapse"><tr><th style="${CELL}">Quantity</th><th style="${CELL}">SKU</th><th style="${CELL}">Product</th></tr>${lines}</table>`
  const address =
    kind === 'canceled' ? [] : content.shipTo.map((line, index) => (index === 0 ? html`${line}` : html`<br>${line}`))
  const shipTo = address.length === 0 ? html`` : html`<h2 style="${H2}">Ship to</h2><p>${address}</p>`
  const facts = factsOf(content).map(([name, value], index) => html`${index === 0 ? '' : html`<br>`}${name}: ${value}`)
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"></head><body style="font-family:sans-serif;line-height:1.4;max-width:640px">
<h1 style="font-size:20px">Order ${content.number} from ${wording.seller}</h1>
${leadsOf(mail, wording).map((one) => html`<p>${one}</p>`)}
${listed(
  'What changed',
  changes.map((one) => html`<li>${one}</li>`),
)}
<p>${answerLead(kind)}</p>
<p><a href="${link}" style="display:inline-block;padding:12px 20px;background:#1f5eff;color:#ffffff;text-decoration:none;border-radius:6px">Open the order</a></p>
${table}
${shipTo}
<h2 style="${H2}">Details</h2><p>${facts}</p>
<p style="color:#666666;font-size:13px">${linkNote(wording)}</p>
</body></html>
`.html
}

const H2 = 'font-size:16px;margin:20px 0 6px'
const CELL = 'padding:4px 10px 4px 0;text-align:left;vertical-align:top'

function detailsOf({ parts, fields }: ContentLine): readonly Html[] {
  return [
    ...parts.map(
      (part) => html`<br><span style="color:#666666">contains ${part.quantity} × ${part.sku} ${part.name}</span>`,
    ),
    ...fields.map((field) => html`<br><span style="color:#666666">${field.name}: ${field.value}</span>`),
  ]
}
