import type { Connection } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import {
  type Filed,
  type FiledKind,
  type FiledLine,
  file,
  listFiled,
  type PartPlace,
  takeBackFiled,
} from '../control/filed-fulfilments.ts'
import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { decimal8, isDecimal8, subtract, text8, ZERO8 } from '../events/decimal.ts'
import type { Fulfilment, Order, VendorOrderRequested } from '../events/generated/events.ts'
import { contentDigest, digest, sourceEventId } from '../events/identity.ts'
import { publishPage } from '../producers/publish.ts'
import { orderReference } from '../rules/order-reference.ts'
import { isVirtual, vendorQuantity } from '../rules/quantities.ts'
import { topLevelLines } from '../rules/split-order.ts'
import { reasonText } from '../systems/kit/undelivered.ts'
import { noteChange, noteNothing } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { openToShip } from './open-to-ship.ts'
import { partSent } from './order-timeline.ts'
import { notFound, type Principal } from './principal.ts'
import { readOfShipments } from './read-shipments.ts'
import { sees } from './scope.ts'

export { filedKinds } from '../control/filed-fulfilments.ts'

/** A parcel's tracking number and carrier. */
export interface WantedTrack {
  readonly number: string
  /** The vendor's name of the carrier; the connection's `carriers` map it to the shop's. */
  readonly carrier: string | null
}

export interface WantedFulfilment extends PartPlace {
  readonly kind: FiledKind
  /** Empty: all lines of a confirmation, or all open quantities of a shipment or cancellation. */
  readonly lines: readonly FiledLine[]
  readonly tracks: readonly WantedTrack[]
  /** Why the vendor does not deliver; null: no reason. */
  readonly reason?: string | null
  /** Null: requests with the same content count as one. */
  readonly requestKey: string | null
  /** Returns what the shop would receive, without sending it. */
  readonly dryRun: boolean
}

/** The fulfilment as the shop receives it. */
export interface FiledAnswer {
  readonly id: string
  readonly kind: FiledKind
  readonly dry_run: boolean
  /** Null: it was not published, in a dry run. */
  readonly event_id: string | null
  readonly shop: string
  /** The shop notifies its customer. */
  readonly notifies_customer: boolean
  readonly lines: readonly (FiledLine & { readonly sku: string /** Left to ship after it. */; readonly open: string })[]
  readonly tracks: readonly WantedTrack[]
}

type Deps = Pick<
  OperationDeps,
  'tables' | 'staged' | 'clock' | 'producer' | 'codec' | 'reporter' | 'logger' | 'topicPrefix' | 'audit' | 'tracer'
>

const LONGEST_TRACK = 100
const MOST_TRACKS = 50

/**
 * Files a confirmation, shipment or cancellation of a vendor's part of an order by hand. It is published like one from
 * the vendor's ERP, so it reaches the shop and the timeline. Never accepts more than is open (Guarantee 7); a repeated request gives
 * the same fulfilment (Guarantee 3). Throws `not_found`, `request_invalid`, and `state_conflict` when shipments are
 * read from the vendor's ERP, the part is canceled, or no quantity is open.
 */
export async function fileFulfilment(deps: Deps, by: Principal, wanted: WantedFulfilment): Promise<FiledAnswer> {
  const connection = await connectionFor(deps, by, wanted)
  const sent = await partSent(deps, by, wanted)
  assertOpen(sent, wanted)
  const tracks = checkedTracks(wanted)
  const lines = shippableLines(sent.data)
  const reason = checkedReason(wanted)
  const before = await listFiled(deps.tables, wanted)
  const id = idOf(wanted, tracks)
  const known = before.find((one) => one.id === id)
  const others = before.filter((one) => one.id !== id)
  const chosen = known?.lines ?? chosenLines(wanted, lines, others)
  const filed: Filed = {
    id,
    kind: wanted.kind,
    digest: digest('filed', wanted.kind, canonicalJson([wanted.lines, tracks])),
    at: deps.clock.now(),
    lines: chosen,
  }
  if (wanted.dryRun) {
    noteNothing(by)
    return answerOf(connection, { filed, tracks, lines, others, eventId: null })
  }
  const kept = await file(
    deps.tables,
    wanted,
    filed,
    (already) => void chosenLines({ ...wanted, lines: chosen }, lines, already),
  )
  const eventId = await publish(
    deps,
    connection,
    wanted,
    fulfilmentOf(connection, { ...wanted, reason }, { filed: kept, tracks, lines }),
    kept.at,
  ).catch(async (error: unknown) => {
    // Else the page of a link would show as shipped what the shop never hears of. Its event may have got through: the
    // next one of this report has its id and its content.
    if (known === undefined) await takeBackFiled(deps.tables, wanted, id)
    throw error
  })
  const after = { id, kind: kept.kind, connection: connection.id }
  await noteChange(deps, by, { what: `order.${kept.kind}`, target: `${wanted.number} of ${wanted.source}`, after })
  return answerOf(connection, { filed: kept, tracks, lines, others, eventId })
}

/** Throws `not_found`, and `state_conflict` when the connection reads shipments from the vendor's ERP. */
async function connectionFor(
  { tables }: Deps,
  by: Principal,
  { connection: id, source }: PartPlace,
): Promise<Connection> {
  const configuration = await readConfiguration(tables)
  const found = configuration.connections.find((one) => one.id === id && one.shop === source)
  if (found === undefined || !sees(by.scope, { system: source, connections: [id] })) {
    const what = `there is no connection "${id}" of ${source}`
    throw notFound(by, { field: 'connection', api: what, cli: what })
  }
  const read = readOfShipments(configuration, id)
  if (read === undefined) return found
  const message = `connection: ${id} reads shipments from ${found.vendor} (${read.id}); enter the shipment there, or the shop would ship it twice`
  throw new StreamError('state_conflict', message, { field: 'connection' })
}

function assertOpen({ canceled }: VendorOrderRequested, { number, connection }: PartPlace): void {
  if (!canceled) return
  const message = `number: order ${number} was withdrawn from ${connection}; do not ship it`
  throw new StreamError('state_conflict', message, { field: 'number' })
}

function checkedTracks({ kind, tracks }: WantedFulfilment): readonly WantedTrack[] {
  if (kind !== 'shipment' && tracks.length > 0) throw invalid('tracks', `a ${kind} has no parcels; send a shipment`)
  if (tracks.length > MOST_TRACKS) throw invalid('tracks', `takes at most ${MOST_TRACKS} parcels`)
  return tracks.map(({ number, carrier }, index) => {
    const [text, by] = [number.trim(), carrier?.trim() ?? '']
    const isWrong = (one: string) => one.length > LONGEST_TRACK || /\p{Cc}/u.test(one)
    if (text === '' || isWrong(text)) throw invalid(`tracks[${index}].number`, `takes 1 to ${LONGEST_TRACK} characters`)
    if (isWrong(by)) throw invalid(`tracks[${index}].carrier`, `takes at most ${LONGEST_TRACK} characters`)
    return { number: text, carrier: by === '' ? null : by }
  })
}

/** On one line, cut to what shops take; null: there is none. */
function checkedReason({ kind, reason = null }: WantedFulfilment): string | null {
  if (kind !== 'cancellation' && reason !== null) throw invalid('reason', `a ${kind} has none; send a cancellation`)
  return reasonText(reason)
}

type Line = Order['lines'][number]

/** Lines that are shipped on their own; a line that is part of another is shipped with it. */
export function shippableLines(order: Order): readonly Line[] {
  return topLevelLines(order).filter((line) => !isVirtual(line))
}

/** Throws `request_invalid` for unknown lines and for quantities above what is open. */
function chosenLines(
  { kind, lines: given }: Pick<WantedFulfilment, 'kind' | 'lines'>,
  lines: readonly Line[],
  filed: readonly Filed[],
): readonly FiledLine[] {
  const left = new Map(
    lines.map((line) => [line.lineId, kind === 'confirmation' ? vendorQuantity(line) : openToShip(line, filed)]),
  )
  if (given.length === 0) {
    const all = [...left].filter(([, quantity]) => quantity > 0n)
    if (all.length === 0)
      throw new StreamError('state_conflict', 'lines: this part has no open lines', { field: 'lines' })
    return all.map(([line, quantity]) => ({ line, quantity: text8(quantity) }))
  }
  return given.map(({ line, quantity: text }, index) => {
    const field = `lines[${index}]`
    const open = left.get(line)
    if (open === undefined)
      throw invalid(
        `${field}.line`,
        `there is no line "${line}" to ship; there are: ${[...left.keys()].join(', ') || 'none'}`,
      )
    if (!isDecimal8(text))
      throw invalid(`${field}.quantity`, `"${text.slice(0, 30)}" is not a valid quantity; write it as 2 or 0.5`)
    const quantity = decimal8(text, `${field}.quantity`)
    if (quantity <= 0n)
      throw invalid(`${field}.quantity`, 'must be greater than 0; leave out lines that are not shipped')
    if (quantity > open)
      throw invalid(`${field}.quantity`, `is ${text8(quantity)}, but ${text8(open)} of line ${line} are open`)
    left.set(line, subtract(open, quantity))
    return { line, quantity: text8(quantity) }
  })
}

function invalid(field: string, what: string): StreamError {
  return new StreamError('request_invalid', `${field}: ${what}`, { field })
}

const ID_DIGITS = 16

/** The same id for a repeated request. The prefix occurs in no ERP's ids. */
function idOf(wanted: WantedFulfilment, tracks: readonly WantedTrack[]): string {
  const { connection, source, number, kind, lines, requestKey } = wanted
  const what = requestKey === null ? canonicalJson([kind, lines, tracks]) : requestKey
  return `hand-${digest('hand', connection, source, number, what).slice(0, ID_DIGITS)}`
}

/** The id that a request with a key gets. */
export function filedId(wanted: WantedFulfilment): string {
  return idOf(wanted, wanted.tracks)
}

interface Parts {
  readonly filed: Filed
  readonly tracks: readonly WantedTrack[]
  readonly lines: readonly Line[]
}

const skuOf = (lines: readonly Line[], id: string) => lines.find(({ lineId }) => lineId === id)?.sku ?? ''

function fulfilmentOf(
  connection: Connection,
  { number, reason = null }: PartPlace & Pick<WantedFulfilment, 'reason'>,
  { filed, tracks, lines }: Parts,
): Fulfilment {
  return {
    fulfilmentId: filed.id,
    orderNumber: number,
    orderReference: orderReference(connection.id, number),
    kind: filed.kind,
    shippedAt: filed.kind === 'shipment' ? filed.at : null,
    lines: filed.lines.map(({ line, quantity }) => ({
      sku: skuOf(lines, line),
      lineId: line,
      quantity: decimal8(quantity, 'quantity'),
      location: null,
      reason,
    })),
    tracks: tracks.map((track) => ({ ...track, title: track.carrier })),
    attributes: {},
  }
}

/** Resolves with the event's id when the broker has acknowledged the event (Guarantee 1). */
async function publish(
  deps: Deps,
  { vendor: source }: Connection,
  { number }: PartPlace,
  data: Fulfilment,
  at: number,
): Promise<string> {
  const key = data.fulfilmentId
  const origin = { source, entity: 'fulfilments', read: `${source}.fulfilments.push`, taskId: null } as const
  const page = {
    entities: [{ key, occurredAt: at, deleted: false, data, raw: null }],
    unreadable: [],
    rows: [],
    reached: { changedAt: '', id: '' },
    requestedAt: at,
  }
  const { unreadable } = await publishPage(deps, origin, page)
  if (unreadable > 0)
    throw new StreamError('request_invalid', `order ${number}: too large for an event; send fewer lines`)
  const content = contentDigest({ deleted: false, data })
  return sourceEventId({ source, entity: 'fulfilments', key, occurredAt: at, contentDigest: content })
}

function answerOf(
  { shop, fulfilments: { notifyCustomer } }: Connection,
  {
    filed,
    tracks,
    lines,
    others,
    eventId,
  }: Parts & { readonly others: readonly Filed[]; readonly eventId: string | null },
): FiledAnswer {
  const { id, kind } = filed
  return {
    id,
    kind,
    dry_run: eventId === null,
    event_id: eventId,
    shop,
    notifies_customer: kind === 'shipment' && notifyCustomer,
    lines: filed.lines.map((own) => {
      const line = lines.find(({ lineId }) => lineId === own.line)
      const open = line === undefined ? ZERO8 : openToShip(line, [...others, filed])
      return { ...own, sku: skuOf(lines, own.line), open: text8(open) }
    }),
    tracks,
  }
}
