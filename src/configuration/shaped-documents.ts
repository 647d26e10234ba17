import type { ConnectionDocument, DocumentKind, ProductMetadataDocument, SystemDocument } from './document-schemas.ts'
import type { MappingTestDocument } from './mapping-test-schema.ts'
import type { SystemTypes } from './system-type.ts'
import type { YamlDocument } from './yaml-documents.ts'

interface DocumentTypes {
  readonly system: SystemDocument
  readonly connection: ConnectionDocument
  readonly 'product-metadata': ProductMetadataDocument
  readonly 'mapping-test': MappingTestDocument
}

/** A document whose shape is right. */
export interface Shaped<K extends DocumentKind> {
  readonly kind: K
  readonly value: DocumentTypes[K]
  readonly yaml: YamlDocument
}

export interface ShapedDocuments {
  readonly systems: readonly Shaped<'system'>[]
  readonly connections: readonly Shaped<'connection'>[]
  readonly metadata: readonly Shaped<'product-metadata'>[]
  readonly tests: readonly Shaped<'mapping-test'>[]
  /** Types of systems there are. */
  readonly systemTypes: SystemTypes
  /** Kinds of which a document can't be read: what is missing may be in it, so nothing is said about what is missing. */
  readonly partial: ReadonlySet<DocumentKind>
}
