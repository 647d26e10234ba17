import { Cron } from 'croner'
import { checkDeliveries } from './check-deliveries.ts'
import { checkMappingTest } from './check-mapping-test.ts'
import { checkOwnership } from './check-ownership.ts'
import { checkRules } from './check-rules.ts'
import type {
  ConnectionDocument,
  DocumentKind,
  ProductMetadataDocument,
  ReadDocument,
  SystemDocument,
} from './document-schemas.ts'
import type { MappingTestDocument } from './mapping-test-schema.ts'
import { HEADER_SECRET, isQueue, systemTraits, WEBHOOK_SECRET } from './system-traits.ts'
import type { Mistake, YamlDocument } from './yaml-documents.ts'

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
  /** Kinds of which a document can't be read: what is missing may be in it, so nothing is said about what is missing. */
  readonly partial: ReadonlySet<DocumentKind>
}

const readId = (system: string, { entity, scope = 'all' }: ReadDocument): string => `${system}.${entity}.${scope}`

/** What the documents say that can't be: everything a schema can't tell. */
export function checkDocuments(documents: ShapedDocuments): Mistake[] {
  const { systems, connections, metadata, tests } = documents
  return [
    ...twice(systems, (system) => system.id, 'id'),
    ...twice(connections, (connection) => connection.id, 'id'),
    ...twice(metadata, ({ connection }) => connection, 'connection'),
    ...systems.flatMap(checkSystem),
    ...connections.flatMap((connection) => checkConnection(connection, documents)),
    ...metadata.flatMap((one) => checkMetadata(one, documents)),
    ...tests.flatMap((test) => checkMappingTest(test, documents)),
  ]
}

function twice<K extends DocumentKind>(
  documents: readonly Shaped<K>[],
  idOf: (value: DocumentTypes[K]) => string,
  field: string,
): Mistake[] {
  return documents
    .filter(({ value }, index) => documents.findIndex((other) => idOf(other.value) === idOf(value)) < index)
    .map(({ kind, value, yaml }) =>
      yaml.mistake([field], `${idOf(value)} is there twice; keep one ${kind} document of it`),
    )
}

function checkSystem({ value, yaml }: Shaped<'system'>): Mistake[] {
  return [
    ...checkSecrets(value, yaml),
    ...checkSettings(value, yaml),
    ...checkZone(yaml, ['zone'], value.zone),
    ...(value.reads ?? []).flatMap((read, index) => checkRead(value, yaml, read, index)),
  ]
}

function checkSecrets({ type, secrets = {} }: SystemDocument, yaml: YamlDocument): Mistake[] {
  const { secrets: sets, headerSecrets } = systemTraits[type]
  const free = headerSecrets === undefined ? '' : '; besides header.<Name>'
  const choice = sets.map((names) => names.join(', ') || 'none').join('; or ') + free
  const isFree = (name: string) => name === WEBHOOK_SECRET || (headerSecrets === true && HEADER_SECRET.test(name))
  const given = Object.keys(secrets).filter((name) => !isFree(name))
  const unknown = given.filter((name) => !sets.flat().includes(name))
  const complete = sets.some((names) => names.every((name) => given.includes(name)))
  // Of the set that was begun, what is missing.
  const begun =
    sets.find((names) => names.some((name) => given.includes(name))) ?? (unknown.length === 0 ? sets[0] : []) ?? []
  const missing = complete ? [] : begun.filter((name) => !given.includes(name))
  return [
    ...unknown.map((name) => yaml.mistake(['secrets', name], `is not known for ${type}; its secrets are: ${choice}`)),
    ...missing.map((name) => yaml.mistake(['secrets', name], `is missing; the secrets of ${type} are: ${choice}`)),
  ]
}

function checkSettings({ type, settings = {} }: SystemDocument, yaml: YamlDocument): Mistake[] {
  const { settings: needed, optionalSettings } = systemTraits[type]
  const known = [...needed, ...optionalSettings]
  const unknown = Object.keys(settings).filter((name) => !known.includes(name))
  const missing = needed.filter((name) => !(name in settings))
  return [
    ...unknown.map((name) =>
      yaml.mistake(['settings', name], `is not known for ${type}; known are: ${known.join(', ')}`),
    ),
    ...missing.map((name) => yaml.mistake(['settings', name], `is missing; ${type} needs it`)),
  ]
}

function checkRead(system: SystemDocument, yaml: YamlDocument, read: ReadDocument, index: number): Mistake[] {
  const at = (field: string) => ['reads', index, field]
  const mistakes = [...checkZone(yaml, at('zone'), read.zone)]
  const say = (field: string, message: string) => mistakes.push(yaml.mistake(at(field), message))
  const { entities } = systemTraits[system.type]
  if (!entities.includes(read.entity)) {
    say('entity', `can't be read from a ${system.type} system; it has: ${entities.join(', ')}`)
  }
  const first = system.reads?.findIndex((other) => readId(system.id, other) === readId(system.id, read)) ?? index
  if (first < index) say('scope', `makes ${readId(system.id, read)} twice; give one of them another scope`)
  const queue = isQueue(system.type)
  if (read.entity === 'orders' && read.startFrom === undefined && !queue) {
    say('startFrom', 'is missing: reading orders needs the time to start from, for example 2026-01-01T00:00:00Z')
  }
  if (read.startFrom !== undefined && !isTime(read.startFrom)) {
    say('startFrom', 'must be a time with its zone, for example 2026-01-01T00:00:00Z')
  }
  if (read.schedule !== undefined && !isCron(read.schedule)) {
    say('schedule', 'is no cron expression; write five fields, or six with seconds, for example "*/10 * * * * *"')
  }
  if (read.sweep?.schedule !== undefined && !isCron(read.sweep.schedule)) {
    mistakes.push(yaml.mistake([...at('sweep'), 'schedule'], 'is no cron expression; write for example "0 3 * * *"'))
  }
  if (read.sweep !== undefined && (read.entity === 'orders' || read.entity === 'fulfilments')) {
    say('sweep', `is not for ${read.entity}, which are never deleted; remove it`)
  } else if (read.sweep !== undefined && queue) {
    say('sweep', `is not for ${system.type}: a queue can't tell what its shop has; remove it`)
  }
  return mistakes
}

const isTime = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))

function isCron(text: string): boolean {
  try {
    return new Cron(text, { paused: true, timezone: 'UTC' }).nextRun() !== null
  } catch {
    return false
  }
}

function checkZone(yaml: YamlDocument, path: readonly (string | number)[], zone: string | undefined): Mistake[] {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone ?? 'UTC' })
    return []
  } catch {
    return [yaml.mistake(path, 'is no IANA time zone; write for example UTC or America/Los_Angeles')]
  }
}

function checkConnection({ value, yaml }: Shaped<'connection'>, documents: ShapedDocuments): Mistake[] {
  const mistakes: Mistake[] = []
  const systems = new Map(documents.systems.map((system) => [system.value.id, system.value]))
  const reads = [...systems.values()].flatMap((system) => (system.reads ?? []).map((read) => readId(system.id, read)))
  const choice = (names: Iterable<string>) => [...names].join(', ') || 'none'
  for (const role of ['shop', 'vendor'] as const) {
    if (!systems.has(value[role]) && !documents.partial.has('system')) {
      mistakes.push(
        yaml.mistake([role], `names no system that is configured; configured are: ${choice(systems.keys())}`),
      )
    }
  }
  if (value.shop === value.vendor) mistakes.push(yaml.mistake(['vendor'], 'must be another system than the shop'))
  for (const [index, read] of value.reads.entries()) {
    if (!reads.includes(read) && !documents.partial.has('system')) {
      mistakes.push(
        yaml.mistake(['reads', index], `names no read that is configured; configured are: ${choice(reads)}`),
      )
    }
    if (value.reads.indexOf(read) < index) mistakes.push(yaml.mistake(['reads', index], 'is there twice; keep one'))
  }
  const vendorType = systems.get(value.vendor)?.type
  const given = vendorType === undefined ? [] : systemTraits[vendorType].orderFields
  mistakes.push(...checkOwnership({ value, yaml }, documents))
  mistakes.push(...checkDeliveries({ kind: 'connection', value, yaml }, documents))
  mistakes.push(
    ...checkRules(value.orderMap?.fields ?? [], yaml, { path: ['orderMap', 'fields'], entity: 'orders', given }),
  )
  if (value.ordersFrom !== undefined && !isTime(value.ordersFrom)) {
    mistakes.push(yaml.mistake(['ordersFrom'], 'must be a time with its zone, for example 2026-01-01T00:00:00Z'))
  }
  const needsMetadata = value.reads.some((read) => read.split('.')[1] === 'products')
  const hasMetadata = documents.metadata.some((one) => one.value.connection === value.id)
  if (needsMetadata && !hasMetadata && !documents.partial.has('product-metadata')) {
    const way = `add a document "kind: product-metadata, connection: ${value.id}"`
    mistakes.push(yaml.mistake(['reads'], `has products, but the connection has no product metadata; ${way}`))
  }
  return mistakes
}

function checkMetadata({ value, yaml }: Shaped<'product-metadata'>, documents: ShapedDocuments): Mistake[] {
  const mistakes: Mistake[] = []
  if (!documents.partial.has('connection') && !documents.connections.some((one) => one.value.id === value.connection)) {
    mistakes.push(yaml.mistake(['connection'], 'names no connection that is configured; add it or correct the id'))
  }
  const known = value.destination?.attributes
  return [...mistakes, ...checkRules(value.attributes, yaml, { path: ['attributes'], entity: 'products', known })]
}
