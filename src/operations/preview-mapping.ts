import { checkRules } from '../configuration/check-rules.ts'
import type { Configuration, MappedEntity, ProductMetadata } from '../configuration/model.ts'
import { productMetadataOf } from '../configuration/model-of.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { mistakeText, namedDocument } from '../configuration/yaml-documents.ts'
import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { holdsPersonal, MASK } from '../platform/registry/personal-fields.ts'
import { yieldOften } from '../platform/yield-often.ts'
import { type MappedOutcome, mapEntity, type SourceEntity } from '../rules/map-entity.ts'
import { createEvaluate } from '../rules/mapping/evaluate.ts'
import type { FindProducts } from '../rules/ownership.ts'
import { noteNothing, noteReading } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { may, notFound, type Principal } from './principal.ts'
import { within } from './scope.ts'

export { productMetadataSchema } from '../configuration/document-schemas.ts'

/** One field before and after; null: it is not there. */
export interface FieldChange {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** How an entity ends with a mapping: `mapped`, `deleted`, `ignored: not_owned`, `failed: mapping_failed: …`. */
export interface EntityPreview {
  readonly source: string
  readonly key: string
  readonly before: string
  readonly after: string
  /** None: nothing changes for it. */
  readonly changes: readonly FieldChange[]
}

export interface MappingPreview {
  readonly counts: {
    readonly events: number
    /** The last event of each is mapped. */
    readonly entities: number
    readonly changed: number
    readonly unchanged: number
    readonly errors_appearing: number
    readonly errors_disappearing: number
  }
  /** How many entities each field changes for. */
  readonly fields: Readonly<Record<string, number>>
  /** Those that change, in the order of their events. */
  readonly entities: readonly EntityPreview[]
}

/** A configuration and the connection in it. */
export interface PreviewSides {
  readonly connection: string
  readonly before: Configuration
  readonly after: Configuration
  readonly products: FindProducts
}

type Deps = Pick<OperationDeps, 'tables' | 'recentEvents' | 'products'>

export interface WantedPreview {
  readonly connection: string
  /** The last events that are mapped, at most. */
  readonly last: number
}

/** What of a product-metadata document decides about the mapping. */
export type MetadataRules = Omit<Parameters<typeof productMetadataOf>[0], 'kind' | 'connection'>

/**
 * What the products of a connection would change with other metadata. Throws `not_found`, and `request_invalid` with every
 * mistake of the rules, as `validate` has them.
 */
export async function previewMetadata(
  deps: Deps,
  by: Principal,
  { connection: id, last, rules }: WantedPreview & { readonly rules: MetadataRules },
): Promise<MappingPreview> {
  const metadata = checkedMetadata({ kind: 'product-metadata', connection: id, ...rules })
  const before = await readConfiguration(deps.tables)
  const connection = connectionIn(before, by, id)
  if (connection === undefined) throw noConnection(by, id)
  const events = await deps.recentEvents(connection, 'products', last, before)
  noteNothing(by)
  const sides = { connection: id, before, after: withMetadata(before, metadata), products: deps.products }
  return await previewMapping(events, sides)
}

/** What an entity of a connection would change with another configuration; nothing is applied. Throws `not_found`. */
export async function previewConfiguration(
  deps: Deps & Pick<OperationDeps, 'audit'>,
  by: Principal,
  wanted: WantedPreview & { readonly entity: MappedEntity; readonly after: Configuration },
): Promise<MappingPreview> {
  const { connection: id, entity, last, after } = wanted
  const before = await readConfiguration(deps.tables)
  const own = connectionIn(before, by, id)
  const connection = own ?? connectionIn(after, by, id)
  if (connection === undefined) throw noConnection(by, id)
  const { systems } = own === undefined ? after : before
  const events = await deps.recentEvents(connection, entity, last, { systems })
  if (holdsPersonal(entity)) await noteReading(deps, by, `${id} ${entity}`)
  const preview = await previewMapping(events, { connection: id, before, after, products: deps.products })
  return may(by, 'persons:read') || !holdsPersonal(entity)
    ? preview
    : { ...preview, entities: preview.entities.map(withoutValues) }
}

/** What an order's fields are mapped from may be of a person, and what comes of it too. */
function withoutValues(entity: EntityPreview): EntityPreview {
  const shown = (value: unknown) => (value === null ? null : MASK)
  const changes = entity.changes.map(({ field, before, after }) => ({
    field,
    before: shown(before),
    after: shown(after),
  }))
  return { ...entity, changes }
}

function connectionIn({ connections }: Configuration, by: Principal, id: string) {
  return within(by.scope, connections, (one) => ({ connection: one.id })).find((one) => one.id === id)
}

function noConnection(by: Principal, id: string): StreamError {
  const what = `there is no connection "${id}"`
  return notFound(by, { field: 'id', api: what, cli: what })
}

function checkedMetadata(document: Parameters<typeof productMetadataOf>[0]): ProductMetadata {
  const known = document.destination?.attributes
  const context = { path: ['attributes'], entity: 'products', known } as const
  const mistakes = checkRules(document.attributes, namedDocument('body', document), context)
  if (mistakes.length === 0) return productMetadataOf(document)
  throw new StreamError('request_invalid', mistakes.map(mistakeText).join('\n'), { field: mistakes[0]?.field ?? '' })
}

function withMetadata(configuration: Configuration, metadata: ProductMetadata): Configuration {
  const others = configuration.metadata.filter(({ connection }) => connection !== metadata.connection)
  return { ...configuration, metadata: [...others, metadata] }
}

/** Entities that are mapped at once: their expressions are evaluated together. */
const AT_ONCE = 50

/**
 * Maps each entity's last event before and after. Pure, but for `products`. Expressions have the same time as those of a
 * batch have, before and after apart: entities that there is no time for fail, as they would in a batch.
 */
export async function previewMapping(events: readonly SourceEntity[], sides: PreviewSides): Promise<MappingPreview> {
  const newest = new Map(events.map((event) => [JSON.stringify([event.source, event.key]), event]))
  const entities: EntityPreview[] = []
  let [appearing, disappearing] = [0, 0]
  for await (const [event, before, after] of outcomes([...newest.values()], sides)) {
    appearing += Number(before?.status !== 'failed' && after?.status === 'failed')
    disappearing += Number(before?.status === 'failed' && after?.status !== 'failed')
    const entity = entityPreview(event, before, after)
    if (entity.before !== entity.after || entity.changes.length > 0) entities.push(entity)
  }
  const changed = entities.length
  const counts = {
    events: events.length,
    entities: newest.size,
    changed,
    unchanged: newest.size - changed,
    errors_appearing: appearing,
    errors_disappearing: disappearing,
  }
  return { counts, fields: fieldCounts(entities), entities }
}

type Outcomes = readonly [SourceEntity, before: MappedOutcome | undefined, after: MappedOutcome | undefined]

async function* outcomes(events: readonly SourceEntity[], sides: PreviewSides): AsyncGenerator<Outcomes> {
  const { connection: id, products } = sides
  const letOthers = yieldOften(() => performance.now())
  const mapIn = (configuration: Configuration) => {
    const connection = configuration.connections.find((one) => one.id === id)
    const evaluate = createEvaluate()
    return async (event: SourceEntity) =>
      connection === undefined
        ? undefined
        : await mapEntity(event, connection, configuration, { products, evaluate, letOthers })
  }
  const [before, after] = [mapIn(sides.before), mapIn(sides.after)]
  for (let from = 0; from < events.length; from += AT_ONCE) {
    yield* await Promise.all(
      events
        .slice(from, from + AT_ONCE)
        .map(async (event) => [event, await before(event), await after(event)] as const),
    )
  }
}

function entityPreview(
  { source, key }: SourceEntity,
  before: MappedOutcome | undefined,
  after: MappedOutcome | undefined,
): EntityPreview {
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].toSorted()
  const changes = names
    .filter((name) => canonicalJson(old[name]) !== canonicalJson(now[name]))
    .map((field) => ({ field, before: old[field] ?? null, after: now[field] ?? null }))
  return { source, key, before: ending(before), after: ending(after), changes }
}

function fieldsOf(outcome: MappedOutcome | undefined): Readonly<Record<string, unknown>> {
  return outcome?.status === 'mapped' ? outcome.fields : {}
}

function ending(outcome: MappedOutcome | undefined): string {
  if (outcome === undefined) return 'no such connection'
  if (outcome.status === 'failed') return `failed: ${outcome.error.code}: ${outcome.error.message}`
  if (outcome.status === 'ignored') return `ignored: ${outcome.code}`
  return outcome.deleted ? 'deleted' : 'mapped'
}

function fieldCounts(entities: readonly EntityPreview[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { changes } of entities) {
    for (const { field } of changes) counts[field] = (counts[field] ?? 0) + 1
  }
  return counts
}
