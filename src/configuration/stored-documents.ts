import { toStreamError } from '../errors.ts'
import type { Item } from '../platform/dynamodb/tables.ts'
import { unreadableRowError } from '../platform/dynamodb/unreadable-rows.ts'
import type { StoredKind } from './document-schemas.ts'
import type { Connection, ProductMetadata, Recipient, Subscription, System } from './model.ts'
import { decodeConnection, decodeMetadata, decodeRecipient, decodeSubscription, decodeSystem } from './stored-form.ts'
import { CONNECTIONS, PRODUCT_METADATA } from './tables.ts'

/** Reads a row of the configuration with `decode`. Throws `row_unreadable`, which names row and field. */
export function readStored<T>(table: string, key: readonly string[], item: Item, decode: () => T): T {
  try {
    return decode()
  } catch (thrown) {
    const { message, field } = toStreamError(thrown)
    throw unreadableRowError(table, key, item, `can't be read: ${message}`, field)
  }
}

/** False for a row that is being removed: it counts as removed. */
export function stays(item: Item): boolean {
  return item['removing'] === undefined
}

export function systemOfRow(item: Item): System {
  return ownDocument(CONNECTIONS, ['kind', 'id'], item, item['id'], decodeSystem, ({ id }) => id)
}

export function connectionOfRow(item: Item): Connection {
  return ownDocument(CONNECTIONS, ['kind', 'id'], item, item['id'], decodeConnection, ({ id }) => id)
}

export function metadataOfRow(item: Item): ProductMetadata {
  const { connection } = item
  return ownDocument(PRODUCT_METADATA, ['connection'], item, connection, decodeMetadata, (one) => one.connection)
}

export function recipientOfRow(item: Item): Recipient {
  return ownDocument(CONNECTIONS, ['kind', 'id'], item, item['id'], decodeRecipient, ({ id }) => id)
}

export function subscriptionOfRow(item: Item): Subscription {
  return ownDocument(CONNECTIONS, ['kind', 'id'], item, item['id'], decodeSubscription, ({ id }) => id)
}

type AnyModel = System | Connection | ProductMetadata | Recipient | Subscription

/** The document in a row of this kind. Throws `row_unreadable`. */
export function documentOfRow(kind: StoredKind, item: Item): AnyModel {
  switch (kind) {
    case 'system':
      return systemOfRow(item)
    case 'connection':
      return connectionOfRow(item)
    case 'product-metadata':
      return metadataOfRow(item)
    case 'recipient':
      return recipientOfRow(item)
    case 'subscription':
      return subscriptionOfRow(item)
  }
}

/** Reads a row's document and checks its id, so that it can't replace the document of another id. */
function ownDocument<T>(
  table: string,
  key: readonly string[],
  item: Item,
  id: unknown,
  decode: (stored: unknown) => T,
  idOf: (document: T) => string,
): T {
  const document = readStored(table, key, item, () => decode(item['document']))
  if (idOf(document) === id) return document
  throw unreadableRowError(table, key, item, 'has a document with another id')
}
