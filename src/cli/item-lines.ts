import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { StoredItem } from '../platform/dynamodb/stored-items.ts'

/** An item as a line of DynamoDB JSON, the format of DynamoDB's own exports, with bytes in base64. */
export function lineOfItem(item: StoredItem): string {
  return JSON.stringify(mapFields(item, textOf))
}

/** Parses a line of `lineOfItem`. */
export function itemOfLine(line: string): StoredItem {
  // The digest of the file was checked before.
  return mapFields(JSON.parse(line) as Readonly<Record<string, TextValue>>, attributeOf)
}

/** An attribute with its type, bytes in base64. */
type TextValue =
  | { readonly B: string }
  | { readonly BS: readonly string[] }
  | { readonly M: Readonly<Record<string, TextValue>> }
  | { readonly L: readonly TextValue[] }
  | { readonly S: string }
  | { readonly N: string }
  | { readonly SS: string[] }
  | { readonly NS: string[] }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }

function textOf(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: base64(value.B) }
  if (value.BS !== undefined) return { BS: value.BS.map(base64) }
  if (value.M !== undefined) return { M: mapFields(value.M, textOf) }
  if (value.L !== undefined) return { L: value.L.map(textOf) }
  return value
}

function attributeOf(text: TextValue): AttributeValue {
  if ('B' in text) return { B: Buffer.from(text.B, 'base64') }
  if ('BS' in text) return { BS: text.BS.map((one) => Buffer.from(one, 'base64')) }
  if ('M' in text) return { M: mapFields(text.M, attributeOf) }
  if ('L' in text) return { L: text.L.map(attributeOf) }
  return text
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function mapFields<A, B>(fields: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value)]))
}
