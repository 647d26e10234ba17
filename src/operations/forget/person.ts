import type { KeyObject } from 'node:crypto'
import { FORGOTTEN, isForgotten } from '../../events/forgotten.ts'
import type { TopicEvents } from '../../events/topics.ts'
import {
  type Personal,
  personId,
  personNameOf,
  personNames,
  type SealedKind,
} from '../../platform/persons/person-id.ts'

/** Whom somebody asks to forget: who has an e-mail address, or a customer of a shop. */
export type Wanted = { readonly email: string } | { readonly source: string; readonly customer: string }

/** A person as they are found: by names that grow while their orders are read. */
export interface Person {
  /** Pseudonyms that what is said of them is kept under. */
  ids(secret: KeyObject): ReadonlySet<string>
  /** What stands for them in texts, in lower case: e-mail addresses, or telephone numbers and streets where there is none. */
  texts(): readonly string[]
  /** Whether the event is of them; an order then tells what else they are known by. */
  owns<K extends SealedKind>(kind: K, event: Personal<K>): boolean
}

/** Shorter ones stand in other texts too. */
const SHORTEST_TEXT = 7

export function personOf(wanted: Wanted): Person {
  const names = new Set<string>()
  const emails = new Set<string>()
  const others = new Set<string>()
  if ('email' in wanted) {
    names.add(personNames.email(wanted.email))
    emails.add(plainText(wanted.email))
  } else names.add(personNames.customer(wanted.source, wanted.customer))
  const learn = (event: Personal<'orders'>) => {
    const { data, source, key } = event
    names.add(personNameOf('orders', event))
    names.add(personNames.order(data.orderNumber))
    names.add(personNames.unread(source, key))
    if (data.customerEmail.trim() !== '') emails.add(plainText(data.customerEmail))
    for (const address of [data.billingAddress, data.shippingAddress]) {
      for (const text of [address?.phone ?? '', ...(address?.street ?? [])]) {
        if (text.trim().length >= SHORTEST_TEXT) others.add(plainText(text))
      }
    }
  }
  return {
    ids: (secret) => new Set([...names].map((name) => personId(name, secret))),
    texts: () => [...(emails.size > 0 ? emails : others)],
    owns(kind, event) {
      if (!isOrder(kind)) return names.has(personNameOf(kind, event))
      const order = event as Personal<'orders'>
      const { customerId } = order.data
      const isCustomer = 'customer' in wanted && order.source === wanted.source && customerId === wanted.customer
      if (!isCustomer && !names.has(personNameOf(kind, event))) return false
      if (!isForgotten(order.data)) learn(order)
      return true
    },
  }
}

function plainText(text: string): string {
  return text.trim().toLowerCase()
}

/** Whether the event still says something of its person. */
export function saysSomething<K extends SealedKind>(kind: K, event: TopicEvents[K]): boolean {
  if (isOrder(kind)) return !isForgotten(event.data as TopicEvents['orders']['data'])
  const raw = 'raw' in event ? event.raw : null
  return (raw !== null && raw !== FORGOTTEN) || Object.keys(event.data.attributes).length > 0
}

function isOrder(kind: SealedKind): boolean {
  return kind === 'orders' || kind === 'vendor-orders'
}
