import { createHmac, type KeyObject } from 'node:crypto'
import type { TopicEvents } from '../../events/topics.ts'
import type { Keeper } from './retention.ts'

/** Kinds whose personal fields are sealed: all that have some, but for dead letters, which hold bytes of the others. */
export type SealedKind = 'orders' | 'vendor-orders' | 'fulfilments' | 'shop-fulfilments'

export const sealedKinds: readonly SealedKind[] = ['orders', 'vendor-orders', 'fulfilments', 'shop-fulfilments']

/** What of an event says whose it is. */
export type Personal<K extends SealedKind> = Pick<TopicEvents[K], 'source' | 'key' | 'data' | 'readAt'>

/** Which key of a person is meant: each month's orders have one. */
export interface KeyPlace {
  readonly person: string
  /** UTC: 2026-11. */
  readonly month: string
  /** What is older than this, or as old, when its person is forgotten stays forgotten; epoch milliseconds. */
  readonly at: number
  readonly keeper: Keeper
}

/** Of what a person is known by, in words; each kind of name apart. */
export const personNames = {
  email: (address: string) => `email ${address.trim().toLowerCase().normalize('NFC')}`,
  customer: (source: string, id: string) => `customer ${source} ${id}`,
  order: (number: string) => `order ${number}`,
  unread: (source: string, key: string) => `unread ${source} ${key}`,
}

/**
 * By the e-mail address; where an order has none, by the shop's customer, else by its number. What is said of an order that
 * was fulfilled is known by its number alone: an ERP does not tell whose it is.
 */
export function personNameOf<K extends SealedKind>(kind: K, event: Personal<K>): string {
  if (kind === 'fulfilments' || kind === 'shop-fulfilments') {
    return personNames.order((event.data as TopicEvents['fulfilments']['data']).orderNumber)
  }
  const { customerEmail, customerId, orderNumber } = event.data as TopicEvents['orders']['data']
  if (customerEmail.trim() !== '') return personNames.email(customerEmail)
  return customerId === null ? personNames.order(orderNumber) : personNames.customer(event.source, customerId)
}

/** Of what could not be read: the first e-mail address in it, else the entity's key. */
export function personNameOfText(text: string, source: string, key: string): string {
  const address = /[^\s"'<>@:,;]{1,64}@[^\s"'<>@:,;]{1,250}\.[a-z]{2,24}/i.exec(text)?.[0]
  return address === undefined ? personNames.unread(source, key) : personNames.email(address)
}

/** Pseudonyms that are kept at hand: an event is asked for its person when it is read, admitted and written. */
const MOST_KEPT = 2_000
const kept = new WeakMap<KeyObject, Map<string, string>>()

/** Pseudonym of a person: 128 bits of an HMAC, so that nobody tries addresses out without the secret. */
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

/** An order is of the time when it was placed; what is said of its fulfilments is forgotten whenever it is read. */
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

/** Times that no calendar has are of the first or last month. */
export function monthOf(at: number): string {
  const date = new Date(Math.min(Math.max(at, FIRST), LAST))
  return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`
}
