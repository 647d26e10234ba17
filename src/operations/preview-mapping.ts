import { checkRules } from '../configuration/check-rules.ts'
import type { ConnectionDocument } from '../configuration/document-schemas.ts'
import type { Configuration, MappedEntity, ProductMetadata } from '../configuration/model.ts'
import { orderMapOf, productMetadataOf } from '../configuration/model-of.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { mistakeText, namedDocument } from '../configuration/yaml-documents.ts'
import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { holdsPersonal } from '../platform/registry/personal-fields.ts'
import { yieldOften } from '../platform/yield-often.ts'
import { type ExplainedRule, explainProduct } from '../rules/explain-product.ts'
import { type MappedOutcome, mapEntity, type SourceEntity } from '../rules/map-entity.ts'
import { productInput } from '../rules/map-product.ts'
import { createEvaluate } from '../rules/mapping/evaluate.ts'
import type { FindProducts } from '../rules/ownership.ts'
import { noteNothing, noteReading } from './audit.ts'
import type { FeedDeps } from './chosen-view.ts'
import { showDocument, tryDocument } from './configuration.ts'
import type { OperationDeps } from './dependencies.ts'
import { eventsOfKeys } from './events-of-keys.ts'
import { type FieldChange, withoutValues } from './field-change.ts'
import { eventsOfGroup } from './group-events.ts'
import { previewStock, type StockPreview } from './preview-stock.ts'
import { may, notFound, type Principal } from './principal.ts'
import { within } from './scope.ts'

export { orderMapSchema, productMetadataSchema } from '../configuration/document-schemas.ts'

/** Outcomes with both mappings: `mapped`, `deleted`, `ignored: not_owned`, `failed: mapping_failed: …`. */
export interface EntityPreview {
  readonly source: string
  readonly key: string
  readonly before: string
  readonly after: string
  /** Empty: no field changes. */
  readonly changes: readonly FieldChange[]
}

export interface MappingPreview {
  readonly counts: {
    readonly events: number
    /** Number of entities; the last event of each is mapped. */
    readonly entities: number
    readonly changed: number
    readonly unchanged: number
    readonly errors_appearing: number
    readonly errors_disappearing: number
    /** Entities that do not fail with the new mapping. */
    readonly passing: number
  }
  /** Number of entities with a change, by field. */
  readonly fields: Readonly<Record<string, number>>
  /** Changed entities, in the order of their events. */
  readonly entities: readonly EntityPreview[]
}

/** A product and the result of each rule, before and after. */
export interface MappingSample extends EntityPreview {
  /** The input of rules: decimals as text, `attributes` as JSON texts. */
  readonly read: unknown
  readonly rules: readonly SampleRule[]
  /** Its stock in the feed, by source; null: the connection sets nothing that changes stock. */
  readonly stock: readonly StockPreview[] | null
}

export interface SampleRule {
  readonly attribute: string
  /** Input of the new rule; of the current rule if the new rules lack it. */
  readonly reads: ExplainedRule['reads']
  /** Null: there is no such rule. */
  readonly before: RuleOutcome | null
  readonly after: RuleOutcome | null
}

type RuleOutcome = Pick<ExplainedRule, 'value' | 'failure'>

/** Products to preview: of a group of dead letters, with these SKUs, or (both null) those read last. */
export interface PreviewedProducts {
  readonly group: string | null
  readonly keys: readonly string[] | null
}

export interface MetadataPreview extends MappingPreview {
  /** Null: not requested. */
  readonly samples: readonly MappingSample[] | null
}

/** A configuration and the connection in it. */
export interface PreviewSides {
  readonly connection: string
  readonly before: Configuration
  readonly after: Configuration
  readonly products: FindProducts
}

type Deps = Pick<OperationDeps, 'recentEvents' | 'products'> & FeedDeps

export interface WantedPreview {
  readonly connection: string
  /** Maximum number of most recent events to map. */
  readonly last: number
}

/** The parts of a product-metadata document that affect the mapping. */
export type MetadataRules = Omit<Parameters<typeof productMetadataOf>[0], 'kind' | 'connection'>

/**
 * Changes of a connection's products with other metadata. `explains`: also returns unchanged products, and each rule's
 * result. Throws `not_found`, and `request_invalid` with every mistake in the rules, as `validate` reports them.
 */
export async function previewMetadata(
  deps: Deps & GroupDeps,
  by: Principal,
  {
    connection: id,
    last,
    rules,
    group,
    keys,
    explains,
  }: WantedPreview & PreviewedProducts & { readonly rules: MetadataRules; readonly explains: boolean },
): Promise<MetadataPreview> {
  if (group !== null && keys !== null) {
    throw new StreamError('request_invalid', 'keys: give either groupId or keys', { field: 'keys' })
  }
  const metadata = checkedMetadata({ kind: 'product-metadata', connection: id, ...rules })
  const before = await readConfiguration(deps.tables)
  const connection = connectionIn(before, by, id)
  if (connection === undefined) throw noConnection(by, id)
  const read = async () => {
    if (group !== null) return await eventsOfGroup(deps, by, { connection: id, group, last, entity: 'products' })
    if (keys !== null) return await eventsOfKeys(deps, by, { connection: id, keys })
    return await deps.recentEvents(connection, 'products', last, before)
  }
  const events = await read()
  noteNothing(by)
  const sides = { connection: id, before, after: withMetadata(before, metadata), products: deps.products }
  const all = await previewAll(events, sides)
  const samples = explains ? await samplesOf(deps, by, sides, { events, previews: all.previews }) : null
  return { ...previewOf(events, all), samples }
}

type GroupDeps = Pick<OperationDeps, 'deadLetters' | 'codec' | 'staged' | 'topicPrefix'>

/** The order map of a connection document. */
export type OrderMap = NonNullable<ConnectionDocument['orderMap']>

/**
 * Changes of a connection's orders with another order map: of the orders read last, or of those in the open dead
 * letters of a group. Masks values if the caller may not see personal data. Throws `not_found`, and `request_invalid`
 * with every mistake.
 */
export async function previewOrderMap(
  deps: Deps & GroupDeps & Pick<OperationDeps, 'configuration' | 'clock' | 'audit'>,
  by: Principal,
  {
    connection: id,
    last,
    orderMap,
    group,
  }: WantedPreview & { readonly orderMap: OrderMap; readonly group: string | null },
): Promise<MappingPreview> {
  const before = await readConfiguration(deps.tables)
  const connection = connectionIn(before, by, id)
  if (connection === undefined) throw noConnection(by, id)
  const place = { kind: 'connection', id } as const
  const { document, revision } = await showDocument(deps, by, place)
  // Checks it like a change of the document.
  await tryDocument(deps, by, { ...place, body: { ...(document as object), orderMap }, revision })
  const events =
    group === null
      ? await deps.recentEvents(connection, 'orders', last, before)
      : await eventsOfGroup(deps, by, { connection: id, group, last, entity: 'orders' })
  await noteReading(deps, by, `${id} orders`)
  const others = before.connections.filter((one) => one.id !== id)
  const after = { ...before, connections: [...others, { ...connection, orderMap: orderMapOf(orderMap) }] }
  const preview = await previewMapping(events, { connection: id, before, after, products: deps.products })
  return may(by, 'persons:read') ? preview : { ...preview, entities: preview.entities.map(withoutEntityValues) }
}

/**
 * Changes of a connection's entities with another configuration, without applying it. `keys`: previews these products,
 * as last read, instead of the most recent events, with each rule's result. Throws `not_found`.
 */
export async function previewConfiguration(
  deps: Deps & GroupDeps & Pick<OperationDeps, 'audit'>,
  by: Principal,
  wanted: WantedPreview &
    Pick<PreviewedProducts, 'keys'> & { readonly entity: MappedEntity; readonly after: Configuration },
): Promise<MetadataPreview> {
  const { connection: id, entity, last, keys, after } = wanted
  const before = await readConfiguration(deps.tables)
  const own = connectionIn(before, by, id)
  const connection = own ?? connectionIn(after, by, id)
  if (connection === undefined) throw noConnection(by, id)
  const { systems } = own === undefined ? after : before
  const sides = { connection: id, before, after, products: deps.products }
  if (keys !== null) {
    const events = await eventsOfKeys(deps, by, { connection: id, keys })
    const all = await previewAll(events, sides)
    return { ...previewOf(events, all), samples: await samplesOf(deps, by, sides, { events, previews: all.previews }) }
  }
  const events = await deps.recentEvents(connection, entity, last, { systems })
  if (holdsPersonal(entity)) await noteReading(deps, by, `${id} ${entity}`)
  const preview = { ...(await previewMapping(events, sides)), samples: null }
  return may(by, 'persons:read') || !holdsPersonal(entity)
    ? preview
    : { ...preview, entities: preview.entities.map(withoutEntityValues) }
}

function withoutEntityValues(entity: EntityPreview): EntityPreview {
  return { ...entity, changes: withoutValues(entity.changes) }
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

/** Entities mapped concurrently: their expressions are evaluated together. */
const AT_ONCE = 50

/**
 * Maps each entity's last event with both configurations. Pure, except for `products`. Expressions of each side have
 * the time limit of a batch: entities beyond it fail, as they would in a batch.
 */
export async function previewMapping(events: readonly SourceEntity[], sides: PreviewSides): Promise<MappingPreview> {
  return previewOf(events, await previewAll(events, sides))
}

/** The last event of each entity. */
const newestOf = (events: readonly SourceEntity[]): readonly SourceEntity[] => [
  ...new Map(events.map((event) => [JSON.stringify([event.source, event.key]), event])).values(),
]

interface Previews {
  /** In the order of `newestOf`. */
  readonly previews: readonly EntityPreview[]
  readonly appearing: number
  readonly disappearing: number
  readonly passing: number
}

async function previewAll(events: readonly SourceEntity[], sides: PreviewSides): Promise<Previews> {
  const previews: EntityPreview[] = []
  let [appearing, disappearing, passing] = [0, 0, 0]
  for await (const [event, before, after] of outcomes(newestOf(events), sides)) {
    appearing += Number(before?.status !== 'failed' && after?.status === 'failed')
    disappearing += Number(before?.status === 'failed' && after?.status !== 'failed')
    passing += Number(after?.status !== 'failed')
    previews.push(entityPreview(event, before, after))
  }
  return { previews, appearing, disappearing, passing }
}

function previewOf(
  events: readonly SourceEntity[],
  { previews, appearing, disappearing, passing }: Previews,
): MappingPreview {
  const entities = previews.filter(({ before, after, changes }) => before !== after || changes.length > 0)
  const counts = {
    events: events.length,
    entities: previews.length,
    changed: entities.length,
    unchanged: previews.length - entities.length,
    errors_appearing: appearing,
    errors_disappearing: disappearing,
    passing,
  }
  return { counts, fields: fieldCounts(entities), entities }
}

async function samplesOf(
  deps: Deps,
  by: Principal,
  sides: PreviewSides,
  { events, previews }: { readonly events: readonly SourceEntity[]; readonly previews: readonly EntityPreview[] },
): Promise<readonly MappingSample[]> {
  const { connection, before, after } = sides
  const rulesIn = ({ metadata }: Configuration) =>
    metadata.find((one) => one.connection === connection)?.attributes ?? []
  const newest = newestOf(events)
  const stock = await previewStock(deps, by, [...new Set(newest.map(({ key }) => key))], sides)
  const samples = newest.map(async (event, index) => {
    const preview = previews[index]
    if (event.entity !== 'products' || preview === undefined) return []
    const explain = (side: Configuration) =>
      explainProduct(event.data, rulesIn(side), { connection, evaluate: createEvaluate() })
    const [old, now] = [await explain(before), await explain(after)]
    return [
      {
        ...preview,
        read: productInput(event.data),
        rules: besideEachOther(old, now),
        stock: stock && (stock.get(event.key) ?? []),
      },
    ]
  })
  return (await Promise.all(samples)).flat()
}

/** In the order of the new rules; removed rules come last. */
function besideEachOther(old: readonly ExplainedRule[], now: readonly ExplainedRule[]): readonly SampleRule[] {
  const outcome = (rule: ExplainedRule | undefined) =>
    rule === undefined ? null : { value: rule.value, failure: rule.failure }
  const gone = old.filter(({ attribute }) => !now.some((rule) => rule.attribute === attribute))
  return [...now, ...gone].map(({ attribute, reads }) => ({
    attribute,
    reads,
    before: outcome(old.find((rule) => rule.attribute === attribute)),
    after: outcome(now.find((rule) => rule.attribute === attribute)),
  }))
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
