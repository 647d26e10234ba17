import { add, decimal8, subtract, text8, ZERO8 } from '../events/decimal.ts'
import type { AnswerLine } from '../operations/answer-state.ts'
import type { PartLine } from '../operations/order-timeline.ts'
import type { OpenedShare, SharedOrder } from '../operations/share-links.ts'
import { type Html, html } from '../platform/html.ts'
import type { PageFiles } from './page-files.ts'
import { type AfterForm, afterForm, answeredState, answerForms } from './shared-order-form.ts'

type Part = SharedOrder['part']
type Fulfilment = Part['fulfilments'][number]

interface PageParts {
  readonly title: string
  readonly body: Html
}

/** The page of a link, without script. `page`: the control tower, whose styles it uses. */
export function sharedOrderPage(page: PageFiles | null, opened: OpenedShare, after: AfterForm = {}): Html {
  return documentOf(page, 'order' in opened ? orderPage(opened.order, after) : refusedPage(opened.refused))
}

/** The page for an address with too many requests. */
export function tooManyPage(page: PageFiles | null): Html {
  return documentOf(page, message('Too many requests', 'Wait a minute, and open the link again.'))
}

function documentOf(page: PageFiles | null, { title, body }: PageParts): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow, noarchive">
${stylesOf(page).map((href) => html`<link rel="stylesheet" href="${href}">\n`)}<title>${title} · Waldstream</title>
</head>
<body>
<main class="shared">
${body}
</main>
</body>
</html>
`
}

/** Addresses of the control tower's styles, from its built index. */
function stylesOf(page: PageFiles | null): readonly string[] {
  const styles = page?.index.body.toString('utf8').match(/<(?:link\b[^>]*\brel="stylesheet"|style\b)[^>]*>/g) ?? []
  return styles.flatMap((one) => /\b(?:data-)?href="([^"]+)"/.exec(one)?.[1] ?? [])
}

function message(title: string, lead: string): PageParts {
  return {
    title,
    body: html`<section class="card shared-refused"><h1>${title}</h1><p class="soft">${lead}</p></section>`,
  }
}

const refusals: Readonly<Record<Extract<OpenedShare, { refused: string }>['refused'], readonly [string, string]>> = {
  unknown: [
    'This link does not exist',
    'It may have been cut off when it was copied. Ask the sender for the whole link.',
  ],
  expired: ['This link has expired', 'Ask the sender for a new one.'],
  revoked: ['This link was revoked', 'Ask the sender for a new one.'],
  gone: [
    'This order is no longer available',
    'It is no longer stored, or no longer assigned to this vendor. Ask the sender of the link.',
  ],
}

function refusedPage(refused: keyof typeof refusals): PageParts {
  return message(...refusals[refused])
}

function orderPage(order: SharedOrder, after: AfterForm): PageParts {
  const { number, source, link, part, answers } = order
  const state = answers === null ? stateOf(part) : answeredState(part, answers)
  const body = html`<header class="shared-head">
<p class="soft">${source} → ${part.connection}</p>
<div class="shared-title"><h1>Order ${number}</h1><span class="badge" data-tone="${state.tone}">${state.text}</span></div>
</header>
${afterForm(after)}${answerForms(order, after)}<section class="card" aria-label="Order"><dl class="facts shared-facts">
${fact('Placed', part.placed_at === null ? html`–` : time(part.placed_at))}
${answers === null ? ownFacts(part) : html``}${fact('Changed', time(part.updated_at))}
</dl></section>
<section class="card" aria-labelledby="lines"><div class="card-head"><h2 id="lines">To deliver</h2></div>
${answers === null ? linesOf(part) : linesTable(answers.lines.map(answerRow))}</section>
<section class="card" aria-labelledby="shipments"><div class="card-head"><h2 id="shipments">Shipments</h2></div>
${shipmentsOf(part)}</section>
<footer class="soft shared-foot"><p>Anyone with this link can ${answers === null ? 'see this page' : 'answer for you'} until ${time(link.expires_at)}.</p></footer>`
  return { title: `Order ${number}`, body }
}

/** A vendor with a mailbox has no system, and needs no prices. */
function ownFacts(part: Part): Html {
  return html`${fact('Order in your system', html`${part.target_id ?? '–'}`)}
${fact('Amount', html`${amount(part)}`)}
`
}

function stateOf({ status, code, canceled }: Part): { readonly text: string; readonly tone: string } {
  if (canceled) return { text: 'Canceled: do not deliver', tone: 'warn' }
  if (code === 'delivered') return { text: 'Delivered', tone: 'good' }
  if (code === 'returned') return { text: 'Returned', tone: 'good' }
  if (status === 'succeeded') return { text: 'Accepted', tone: 'good' }
  if (status === 'waiting') return { text: 'Waiting', tone: 'warn' }
  return status === 'failed' ? { text: 'Being looked into', tone: 'bad' } : { text: 'On its way', tone: 'info' }
}

const fact = (name: string, value: Html) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`

/** In UTC, because the reader's zone is unknown. */
function time(iso: string): Html {
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`
}

function amount({ total, currency }: Part): string {
  if (total === null) return 'not sent yet'
  const [whole = '', fraction = ''] = total.split('.')
  return `${whole}.${fraction.padEnd(2, '0')} ${currency ?? ''}`.trim()
}

function linesOf(part: Part): Html {
  const shipped = shippedOf(part)
  return linesTable(part.lines.map((line) => lineOf(line, shipped)))
}

function linesTable(rows: readonly Html[]): Html {
  if (rows.length === 0) return html`<p class="shared-none soft">There is nothing to deliver for this order.</p>`
  return html`<div class="table-scroll"><table class="table shared-lines">
<thead><tr><th>Product</th><th class="number">Pieces</th><th class="number">Shipped</th><th class="number">Open</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`
}

/** Shipped quantities, by SKU. */
function shippedOf({ fulfilments }: Part): ReadonlyMap<string, ReturnType<typeof decimal8>> {
  const counts = new Map<string, ReturnType<typeof decimal8>>()
  for (const { sku, quantity } of fulfilments.filter(({ kind }) => kind === 'shipment').flatMap(({ lines }) => lines)) {
    counts.set(sku, add(counts.get(sku) ?? ZERO8, decimal8(quantity, 'quantity')))
  }
  return counts
}

function lineOf({ sku, name, wanted }: PartLine, shipped: ReadonlyMap<string, ReturnType<typeof decimal8>>): Html {
  const [pieces, done] = [decimal8(wanted, 'wanted'), shipped.get(sku) ?? ZERO8]
  const open = subtract(pieces, done)
  return rowOf({ sku, name, wanted, shipped: text8(done), open: text8(open < 0n ? ZERO8 : open) })
}

const answerRow = (line: AnswerLine): Html => rowOf(line)

interface ShownLine extends Pick<AnswerLine, 'sku' | 'wanted' | 'shipped' | 'open'> {
  readonly name: string | null
}

function rowOf({ sku, name, wanted, shipped, open }: ShownLine): Html {
  const title = name === null || name === sku ? html`` : html`<span class="soft shared-name">${name}</span>`
  return html`<tr><td><strong class="shared-sku">${sku}</strong>${title}</td><td class="number" data-name="Pieces">${wanted}</td><td class="number" data-name="Shipped">${shipped}</td><td class="number" data-name="Open">${open}</td></tr>
`
}

const kinds: Readonly<Record<string, string>> = {
  shipment: 'Shipment',
  closure: 'Closed without delivery',
  cancellation: 'Cancellation',
  confirmation: 'Confirmation',
}

function shipmentsOf({ fulfilments }: Part): Html {
  if (fulfilments.length === 0) return html`<p class="shared-none soft">No shipment yet.</p>`
  return html`<ul class="shared-shipments">
${fulfilments.map(shipmentOf)}</ul>`
}

function shipmentOf({ id, kind, lines, status, updated_at }: Fulfilment): Html {
  const isDone = status === 'succeeded'
  const pieces = lines.map(({ sku, quantity }) => html`<li>${quantity} × ${sku}</li>`)
  return html`<li><p class="shared-shipment"><strong>${kinds[kind] ?? kind}</strong> <span class="soft">${id}</span> <span class="badge" data-tone="${isDone ? 'good' : 'idle'}">${isDone ? 'in the shop' : 'on its way to the shop'}</span> <span class="soft">${time(updated_at)}</span></p><ul class="soft">${pieces}</ul></li>
`
}
