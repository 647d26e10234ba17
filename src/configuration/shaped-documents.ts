import {
  type ConnectionDocument,
  type DocumentKind,
  documentSchemas,
  type ProductMetadataDocument,
  type RecipientDocument,
  type SubscriptionDocument,
  type SystemDocument,
} from './document-schemas.ts'
import { readShape } from './document-shape.ts'
import type { MappingTestDocument } from './mapping-test-schema.ts'
import type { SystemTypes } from './system-type.ts'
import { templateSchemas } from './vendor-templates/template-schemas.ts'
import type { Mistake, YamlDocument } from './yaml-documents.ts'

export interface DocumentTypes {
  readonly system: SystemDocument
  readonly connection: ConnectionDocument
  readonly 'product-metadata': ProductMetadataDocument
  readonly recipient: RecipientDocument
  readonly subscription: SubscriptionDocument
  readonly 'mapping-test': MappingTestDocument
}

/** A document of the right shape. */
export interface Shaped<K extends DocumentKind> {
  readonly kind: K
  readonly value: DocumentTypes[K]
  readonly yaml: YamlDocument
}

export interface ShapedDocuments {
  readonly systems: readonly Shaped<'system'>[]
  readonly connections: readonly Shaped<'connection'>[]
  readonly metadata: readonly Shaped<'product-metadata'>[]
  readonly recipients: readonly Shaped<'recipient'>[]
  readonly subscriptions: readonly Shaped<'subscription'>[]
  readonly tests: readonly Shaped<'mapping-test'>[]
  /** The known types of systems. */
  readonly systemTypes: SystemTypes
  /** Kinds with an unreadable document: it may contain what others refer to, so missing documents are not reported. */
  readonly partial: ReadonlySet<DocumentKind>
}

/** Fields by which other documents name a part of this one. */
const NAMES = /^(id|connection|reads(\[\d+\](\.(entity|scope))?)?)$/

type AnyShaped = { readonly [K in DocumentKind]: Shaped<K> }[DocumentKind]

/** Sorts the documents by kind and checks their shapes; returns them with all mistakes. */
export function shapeDocuments(
  read: { documents: YamlDocument[]; mistakes: Mistake[] },
  systemTypes: SystemTypes,
): {
  documents: ShapedDocuments
  mistakes: Mistake[]
} {
  const mistakes = [...read.mistakes]
  const shaped: AnyShaped[] = []
  const partial = new Set<DocumentKind>()
  const all = Object.keys(documentSchemas) as DocumentKind[]
  if (mistakes.length > 0) for (const kind of all) partial.add(kind)
  for (const yaml of read.documents) {
    const kind = kindOfDocument(yaml.value)
    if (kind === undefined) {
      mistakes.push(yaml.mistake(['kind'], `must be one of: ${[...all, ...Object.keys(templateSchemas)].join(', ')}`))
      for (const one of all) partial.add(one)
      continue
    }
    const { value, mistakes: wrong } = readShape(documentSchemas[kind], yaml)
    mistakes.push(...wrong)
    if (wrong.some(({ field }) => NAMES.test(field))) partial.add(kind)
    shaped.push({ kind, value, yaml } as AnyShaped)
  }
  const of = <K extends DocumentKind>(kind: K) => shaped.filter((one) => one.kind === kind) as Shaped<K>[]
  const documents = { systems: of('system'), connections: of('connection'), metadata: of('product-metadata') }
  const others = { recipients: of('recipient'), subscriptions: of('subscription'), tests: of('mapping-test') }
  return { documents: { ...documents, ...others, partial, systemTypes }, mistakes }
}

function kindOfDocument(value: unknown): DocumentKind | undefined {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  return typeof kind === 'string' && Object.hasOwn(documentSchemas, kind) ? (kind as DocumentKind) : undefined
}
