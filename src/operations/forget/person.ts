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

/** The person to forget: by e-mail address, or as a customer of a shop. */
export type Wanted = { readonly email: string } | { readonly source: string; readonly customer: string }

/** A person, identified by a set of names that grows while their orders are read. */
export interface Person {
  /** Pseudonyms under which the person's data is stored. */
  ids(secret: KeyObject): ReadonlySet<string>
  /** Texts that identify the person, in lower case: e-mail addresses, else telephone numbers and streets. */
  texts(): readonly string[]
  /** Whether the event is of the person. An order of theirs adds further names. */
  owns<K extends SealedKind>(kind: K, event: Personal<K>): boolean
}

/** Shorter texts could occur elsewhere by chance. */
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

/** Whether the event still contains personal data. */
export function saysSomething<K extends SealedKind>(kind: K, event: TopicEvents[K]): boolean {
  if (isOrder(kind)) return !isForgotten(event.data as TopicEvents['orders']['data'])
  const raw = 'raw' in event ? event.raw : null
  return (raw !== null && raw !== FORGOTTEN) || Object.keys(event.data.attributes).length > 0
}

function isOrder(kind: SealedKind): boolean {
  return kind === 'orders' || kind === 'vendor-orders'
}
