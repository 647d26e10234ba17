import type { StoredDocument } from '../../api/answers.ts'
import { documentQuery } from '../../api/documents.ts'
import { metadataQuery } from '../../api/queries.ts'
import { texts } from '../../texts.ts'
import type { Mistake } from '../connections/yaml.ts'
import { readMap, readRules, rulesText, textOfMap } from './mapping-text.ts'

/** Of a document, or of a part of it. */
export type Content = Readonly<Record<string, unknown>>

/** A connection's mapping that can be edited next to its results for some records. */
export interface EditedMap {
  readonly title: (connection: string) => string
  readonly saveLead: string
  readonly query: (connection: string) => {
    readonly queryKey: readonly unknown[]
    readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<StoredDocument>
  }
  readonly textOf: (document: Content) => string
  readonly read: (text: string) => { readonly rules: Content } | { readonly mistake: Mistake }
  readonly previewPath: (connection: string) => string
  /** The text's rules in the preview request. */
  readonly previewBody: (rules: Content) => Content
  /** A mistake's field, as named in the text. */
  readonly fieldOf: (field: string | null) => string | null
  readonly savePath: (connection: string) => string
  readonly saveBody: (rules: Content, document: Content) => Content
}

const connectionPath = (id: string) => `/v1/connections/${encodeURIComponent(id)}`

const products: EditedMap = {
  title: texts.mapping.title,
  saveLead: texts.mapping.saveLead,
  query: metadataQuery,
  textOf: rulesText,
  read: (text) => {
    const read = readRules(text)
    return 'rules' in read ? { rules: { ...read.rules } } : read
  },
  previewPath: (id) => `${connectionPath(id)}/metadata/preview`,
  previewBody: (rules) => rules,
  fieldOf: (field) => field,
  savePath: (id) => `${connectionPath(id)}/metadata`,
  saveBody: (rules) => rules,
}

const ORDER_MAP = 'orderMap.'

const orders: EditedMap = {
  title: texts.mapping.orderTitle,
  saveLead: texts.mapping.orderSaveLead,
  query: (id) => documentQuery('connection', id),
  textOf: ({ orderMap }) => textOfMap(orderMap),
  read: readMap,
  previewPath: (id) => `${connectionPath(id)}/order-map/preview`,
  previewBody: (orderMap) => ({ orderMap }),
  fieldOf: (field) => (field?.startsWith(ORDER_MAP) ? field.slice(ORDER_MAP.length) : field),
  savePath: connectionPath,
  saveBody: (orderMap, document) => ({ ...document, orderMap }),
}

export const editedMaps = { products, orders } as const
