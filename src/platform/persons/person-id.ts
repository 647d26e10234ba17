import { createHmac, type KeyObject } from 'node:crypto'
import type { TopicEvents } from '../../events/topics.ts'
import type { Keeper } from './retention.ts'

/**
 * Kinds whose personal fields are sealed: all that have some, except dead letters, which contain bytes of the others.
 */
export type SealedKind = 'orders' | 'vendor-orders' | 'fulfilments' | 'shop-fulfilments'

export const sealedKinds: readonly SealedKind[] = ['orders', 'vendor-orders', 'fulfilments', 'shop-fulfilments']

/** The fields of an event that identify its person. */
export type Personal<K extends SealedKind> = Pick<TopicEvents[K], 'source' | 'key' | 'data' | 'readAt'>

/** Identifies a key of a person: the orders of each month have one. */
export interface KeyPlace {
  readonly person: string
  /** UTC: 2026-11. */
  readonly month: string
  /** The data is forgotten if its person was forgotten at this time or later; milliseconds UTC. */
  readonly at: number
  readonly keeper: Keeper
}

/** Names that identify a person; the prefix separates the kinds of names. */
export const personNames = {
  email: (address: string) => `email ${address.trim().toLowerCase().normalize('NFC')}`,
  customer: (source: string, id: string) => `customer ${source} ${id}`,
  order: (number: string) => `order ${number}`,
  unread: (source: string, key: string) => `unread ${source} ${key}`,
}

/**
 * The e-mail address of an order; without one, the shop's customer, else the order number. Fulfilments are identified
 * by the order number alone, because an ERP does not report the customer.
 */
export function personNameOf<K extends SealedKind>(kind: K, event: Personal<K>): string {
  if (kind === 'fulfilments' || kind === 'shop-fulfilments') {
    return personNames.order((event.data as TopicEvents['fulfilments']['data']).orderNumber)
  }
  const { customerEmail, customerId, orderNumber } = event.data as TopicEvents['orders']['data']
  if (customerEmail.trim() !== '') return personNames.email(customerEmail)
  return customerId === null ? personNames.order(orderNumber) : personNames.customer(event.source, customerId)
}

/** Name for an original that could not be read: the first e-mail address in it, else the entity's key. */
export function personNameOfText(text: string, source: string, key: string): string {
  const address = /[^\s"'<>@:,;]{1,64}@[^\s"'<>@:,;]{1,250}\.[a-z]{2,24}/i.exec(text)?.[0]
  return address === undefined ? personNames.unread(source, key) : personNames.email(address)
}

/** Most cached pseudonyms: each event needs its person's when it is read, admitted and written. */
const MOST_KEPT = 2_000
const kept = new WeakMap<KeyObject, Map<string, string>>()

/** Pseudonym of a person: 128 bits of an HMAC, so that addresses can't be guessed without the secret. */
export function personId(name: string, secret: KeyObject): string {
  const ids = kept.get(secret) ?? new Map<string, string>()
  kept.set(secret, ids)
  const known = ids.get(name)
  if (known !== undefined) return known
  const id = createHmac('sha256', secret).update(name).digest('hex').slice(0, 32)
  if (ids.size >= MOST_KEPT) ids.clear()
  ids.set(name, id)
  return id
}

export function keeperOf(kind: SealedKind, source: string): Keeper {
  return { source, entity: kind === 'orders' || kind === 'vendor-orders' ? 'orders' : 'fulfilments' }
}

/**
 * Orders count from the time when they were placed; fulfilments of a forgotten person are forgotten whatever their
 * time.
 */
export function keyPlaceOf<K extends SealedKind>(kind: K, event: Personal<K>, secret: KeyObject): KeyPlace {
  const person = personId(personNameOf(kind, event), secret)
  const keeper = keeperOf(kind, event.source)
  if (kind === 'orders' || kind === 'vendor-orders') {
    const { placedAt } = event.data as TopicEvents['orders']['data']
    return { person, month: monthOf(placedAt), at: placedAt, keeper }
  }
  const { shippedAt } = event.data as TopicEvents['fulfilments']['data']
  return { person, month: monthOf(shippedAt ?? event.readAt), at: 0, keeper }
}

const FIRST = Date.UTC(1970, 0)
const LAST = Date.UTC(5000, 0)

/** Month of a time; times outside the range belong to the first or last month. */
export function monthOf(at: number): string {
  const date = new Date(Math.min(Math.max(at, FIRST), LAST))
  return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`
}
