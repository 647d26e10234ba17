import { readConfiguration } from '../configuration/read-configuration.ts'
import { type ShareLink, type ShareState, stateOfShare } from '../control/shares/share-link.ts'
import type { ShareCheck } from '../control/shares/share-store.ts'
import { StreamError } from '../errors.ts'
import { isoTime } from '../events/times.ts'
import { daysMs } from '../platform/persons/person-keys.ts'
import { type AnswerState, answerState } from './answer-state.ts'
import { noteChange, noteNothing } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { tellTimeline } from './order-deeds.ts'
import { type OrderPart, orderTimeline } from './order-timeline.ts'
import { may, nameOf, notFound, type Principal } from './principal.ts'
import { type Scoped, within } from './scope.ts'

/** Days that a link is valid: by default, and at most. */
export const USUAL_SHARE_DAYS = 14
export const MOST_SHARE_DAYS = 90
/** Maximum number of valid links per order. */
const MOST_ACTIVE = 50

export interface OrderPlace {
  /** The shop. */
  readonly source: string
  readonly number: string
}

/** A link without its secret. Times are ISO 8601. */
export interface ShareStatus {
  readonly id: string
  readonly connection: string
  readonly state: ShareState
  readonly created_at: string
  readonly created_by: string
  readonly expires_at: string
  /** To the minute; null: never opened. */
  readonly last_used_at: string | null
  readonly revoked_at: string | null
  readonly revoked_by: string | null
  /** Whoever has it may confirm, reject and ship for the vendor. */
  readonly answers: boolean
}

/** A new link; `path` contains the secret and is shown only once. */
export interface IssuedShare extends ShareStatus {
  readonly path: string
}

/** The vendor's part of an order, as a link shows it. */
export interface SharedOrder extends OrderPlace {
  readonly link: ShareStatus
  readonly part: OrderPart
  /** What the vendor answered and may answer; null: the link only shows the order. */
  readonly answers: AnswerState | null
}

export type OpenedShare =
  | { readonly order: SharedOrder }
  | { readonly refused: 'unknown' | 'expired' | 'revoked'; readonly id: string | null }
  | { readonly refused: 'gone'; readonly id: string }

type Deps = Pick<OperationDeps, 'tables' | 'systemTypes' | 'staged' | 'products' | 'shares' | 'clock' | 'audit'>

type OpenDeps = Pick<Deps, 'tables' | 'staged' | 'products' | 'shares' | 'clock'>

/** Path prefix of links. */
export const SHARE_PATH = '/share/'

/**
 * Creates a link to one vendor's part of an order; anyone with the link may open it. Throws `not_found` if the caller
 * does not see the order or the part, `request_invalid` for wrong days, and `state_conflict` if there are too many
 * links.
 */
export async function createShareLink(
  deps: Deps,
  by: Principal,
  { source, number, connection, days }: OrderPlace & { readonly connection: string; readonly days: number },
): Promise<IssuedShare> {
  if (!(Number.isInteger(days) && days >= 1 && days <= MOST_SHARE_DAYS)) {
    const message = `days: a link must be valid for 1 to ${MOST_SHARE_DAYS} days`
    throw new StreamError('request_invalid', message, { field: 'days' })
  }
  const { parts } = await orderTimeline(deps, by, { source, number })
  if (!parts.some((part) => part.connection === connection)) {
    const known = parts.map((part) => part.connection).join(', ') || 'none'
    const what = `"${connection}" has no part of order "${number}" of ${source}; there are: ${known}`
    throw notFound(by, { field: 'connection', api: what, cli: what })
  }
  const now = deps.clock.now()
  const before = await deps.shares.list(source, number)
  if (before.filter((link) => stateOfShare(link, now) === 'active').length >= MOST_ACTIVE) {
    throw new StreamError('state_conflict', `order ${number} already has ${MOST_ACTIVE} valid links; revoke some first`)
  }
  const answers = may(by, 'fulfil') && (await isAnsweredByLink(deps, connection))
  const wanted = { source, number, connection, expires_at: now + daysMs(days), created_by: nameOf(by), answers }
  const { link, token } = await deps.shares.create(wanted)
  const shown = statusOf(link, now)
  const after = { id: link.id, connection, expires_at: shown.expires_at }
  await noteChange(deps, by, { what: 'share.create', target: `${number} of ${source}`, after })
  await tellTimeline(deps, by, 'share', { source, number, connections: [connection], reason: null })
  return { ...shown, path: `${SHARE_PATH}${token}` }
}

/** Whether the connection's vendor has no other way to answer. */
async function isAnsweredByLink({ tables, systemTypes }: Pick<Deps, 'tables' | 'systemTypes'>, id: string) {
  const { connections, systems } = await readConfiguration(tables)
  const vendor = connections.find((one) => one.id === id)?.vendor
  const type = systems.find((one) => one.id === vendor)?.type
  return type !== undefined && systemTypes.get(type)?.answersByLink === true
}

/** Links of an order to parts that the caller sees, newest first. Throws `not_found`. */
export async function listShareLinks(
  deps: Pick<Deps, 'tables' | 'staged' | 'products' | 'shares' | 'clock'>,
  by: Principal,
  { source, number }: OrderPlace,
): Promise<Scoped<ShareStatus>> {
  await orderTimeline(deps, by, { source, number })
  const now = deps.clock.now()
  const links = (await deps.shares.list(source, number)).map((link) => statusOf(link, now))
  return within(by.scope, links, ({ connection }) => ({ system: source, connections: [connection] }))
}

/** Revokes a link at once and for good. Throws `not_found`. */
export async function revokeShareLink(
  deps: Deps,
  by: Principal,
  { source, number, id }: OrderPlace & { readonly id: string },
): Promise<ShareStatus> {
  const known = (await listShareLinks(deps, by, { source, number })).find((link) => link.id === id)
  const link = known === undefined ? null : await deps.shares.revoke({ source, number, id }, nameOf(by))
  if (known === undefined || link === null) {
    const what = `order "${number}" of ${source} has no link "${id}"`
    throw notFound(by, { field: 'id', api: what, cli: what })
  }
  if (known.state === 'revoked') noteNothing(by)
  else {
    const after = { id, connection: link.connection }
    await noteChange(deps, by, { what: 'share.revoke', target: `${number} of ${source}`, after })
    await tellTimeline(deps, by, 'unshare', { source, number, connections: [link.connection], reason: null })
  }
  return statusOf(link, deps.clock.now())
}

/** The principal that opens a link: sees nothing until the token is checked. */
export const linkHolder: Principal = {
  kind: 'api',
  name: 'share link',
  scope: { connections: new Set(), systems: new Set() },
  scopes: new Set(),
}

/** Opens a link. Its token shows only the link's part, whatever its creator may see. */
export async function openShareLink(deps: OpenDeps, by: Principal, token: string): Promise<OpenedShare> {
  const check: ShareCheck = await deps.shares.check(token)
  if ('refused' in check) return check
  const { id, source, number, connection } = check.link
  const { connections } = await readConfiguration(deps.tables)
  const found = connections.find((one) => one.id === connection)
  if (found === undefined) return { refused: 'gone', id }
  const timeline = await orderTimeline(deps, holding(by, check.link), { source, number }).catch((error: unknown) => {
    if (error instanceof StreamError && error.code === 'not_found') return null
    throw error
  })
  const part = timeline?.parts.find((one) => one.connection === connection)
  if (part === undefined) return { refused: 'gone', id }
  const answers = check.link.answers
    ? await stateOrNull(answerState(deps, holding(by, check.link), check.link, found))
    : null
  return { order: { source, number, link: statusOf(check.link, deps.clock.now()), part, answers } }
}

/** Null: it is not known yet what the vendor was sent. */
async function stateOrNull(state: Promise<AnswerState>): Promise<AnswerState | null> {
  return await state.catch((error: unknown) => {
    if (error instanceof StreamError && error.code === 'state_conflict') return null
    throw error
  })
}

/** The principal with the link's scope. */
export function holding(by: Principal, { id, connection }: Pick<ShareLink, 'id' | 'connection'>): Principal {
  const scope = { connections: new Set([connection]), systems: new Set<string>() }
  return { ...by, name: `share link ${id}`, scope, scopes: new Set(['observe']) }
}

function statusOf(link: ShareLink, now: number): ShareStatus {
  const { id, connection, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by, answers } = link
  return {
    id,
    connection,
    state: stateOfShare(link, now),
    created_at: isoTime(created_at),
    created_by,
    expires_at: isoTime(expires_at),
    last_used_at: isoTime(last_used_at),
    revoked_at: isoTime(revoked_at),
    revoked_by,
    answers,
  }
}
