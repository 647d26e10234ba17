import { type DeclaredEntity, type Entities, type EntityDeclaration, entityDeclarations } from './entities.ts'
import type { SchemaEvents } from './generated/events.ts'

/** Entities that sources publish; each has a topic of the same name. */
export type Entity = keyof Entities

/** Entities that have this kind of topic. */
export type EntityWith<R extends 'universal' | 'vendor' | 'shop'> = {
  [E in Entity]: Entities[E] extends { readonly [K in R]: keyof SchemaEvents } ? E : never
}[Entity]

/** Entities with a feed. */
export type FeedEntity = EntityWith<'universal'>
export type DeclaredFeedEntity = FeedEntity & DeclaredEntity

export const entities: readonly DeclaredEntity[] = entityDeclarations.map(({ name }) => name)

/** The entities in the order of their calls, most urgent first. */
export const entitiesByCallOrder: readonly Entity[] = entityDeclarations
  .toSorted((a, b) => a.callOrder - b.callOrder)
  .map(({ name }) => name)

/** Entities whose feed rows can be pushed to a shop that does not pull. */
export type PushedEntity = FeedEntity & EntityWith<'shop'>

export const pushedEntities: readonly PushedEntity[] = entityDeclarations.flatMap((one) =>
  'universal' in one && 'shop' in one ? [one.name] : [],
)

/** Topics that belong to no entity, and their schemas. */
const ownTopics = {
  'sync-requests': 'sync-requested',
  'sync-status': 'sync-status-reported',
  'dead-letters': 'dead-lettered',
} as const satisfies Readonly<Record<string, keyof SchemaEvents>>

type OwnKind = keyof typeof ownTopics

type OwnEvents = { readonly [K in OwnKind]: SchemaEvents[(typeof ownTopics)[K]] }
type SourceEvents = { readonly [E in Entity]: SchemaEvents[Entities[E]['source']] }
type UniversalEvents = { readonly [E in FeedEntity as `universal-${E}`]: SchemaEvents[Entities[E]['universal']] }
type VendorEvents = { readonly [E in EntityWith<'vendor'> as `vendor-${E}`]: SchemaEvents[Entities[E]['vendor']] }
type ShopEvents = { readonly [E in EntityWith<'shop'> as `shop-${E}`]: SchemaEvents[Entities[E]['shop']] }

/** The event type of each kind of topic. The kind is also the `<what>` of the subject `<prefix><what>-value`. */
export interface TopicEvents extends OwnEvents, SourceEvents, UniversalEvents, VendorEvents, ShopEvents {}

export type TopicKind = keyof TopicEvents
export type SourceEvent = TopicEvents[Entity]

/** An event with its kind. */
export type KindEvent = { [K in TopicKind]: { readonly kind: K; readonly event: TopicEvents[K] } }[TopicKind]

/** Kinds of mapped rows; each row belongs to one connection. */
export type UniversalKind = keyof UniversalEvents
/** Kinds with one topic for each target system: `vendor-orders.netsuite`. */
export type PerSystemKind = keyof VendorEvents | keyof ShopEvents
export type SharedKind = Exclude<TopicKind, PerSystemKind>
/** Kinds that processors consume. */
export type ProcessedKind = Entity | UniversalKind
/** Kinds whose events belong to an entity. */
export type EntityKind = Exclude<TopicKind, OwnKind>

/** A kind of topic: its schema, and whether each target system has its own topic. */
export type Topic = {
  /** File in `schemas/`, without its extension. */
  readonly schema: keyof SchemaEvents
} & (
  | { readonly kind: SharedKind; readonly perSystem: false }
  | { readonly kind: PerSystemKind; readonly perSystem: true }
)

const roles = ['vendor', 'shop', 'universal'] as const

/** The kinds of topics of entities. */
export function topicsOf(declarations: readonly EntityDeclaration[]): readonly Topic[] {
  const sources = declarations.map(({ name, source }) => ({ kind: name, schema: source, perSystem: false }))
  const others = roles.flatMap((role) =>
    declarations.flatMap(({ name, [role]: schema }) =>
      schema === undefined ? [] : [{ kind: `${role}-${name}`, schema, perSystem: role !== 'universal' }],
    ),
  )
  // The types above follow the same rule.
  return [...sources, ...others] as readonly Topic[]
}

/** Every kind of topic of the program. */
export const topics: readonly Topic[] = [
  ...topicsOf(entityDeclarations),
  ...Object.entries(ownTopics).map(([kind, schema]) => ({ kind: kind as OwnKind, schema, perSystem: false as const })),
]

const ofEntity = new RegExp(`^(?:${roles.join('|')})-`)

/** The entity of a kind: the kind without the prefix of its target. */
export function entityOf(kind: EntityKind): Entity {
  return kind.replace(ofEntity, '') as Entity
}

/** Whether a kind's events belong to an entity, and not to the program itself. */
export function isOfEntity(kind: TopicKind): kind is EntityKind {
  return !(kind in ownTopics)
}

/** Whether a kind has one topic for each target system. */
export function isPerSystem(kind: TopicKind): kind is PerSystemKind {
  return topics.some((topic) => topic.kind === kind && topic.perSystem)
}

/** The kind of an entity's feed rows. */
export function universalKind<E extends FeedEntity>(entity: E): `universal-${E}` {
  return `universal-${entity}`
}

/** The kind of an entity's deliveries to shops. */
export function shopKind<E extends EntityWith<'shop'>>(entity: E): `shop-${E}` {
  return `shop-${entity}`
}

/** Name of a kind's topic, before the prefix. */
export function topicOf(kind: SharedKind): string
export function topicOf(kind: PerSystemKind, system: string): string
export function topicOf(kind: TopicKind, system?: string): string {
  return system === undefined ? kind : `${kind}.${system}`
}

/** The kind of a topic's name (without prefix): the part before the first dot. */
export function kindOf(topic: string): TopicKind {
  const kind = topic.split('.', 1)[0] ?? topic
  const found = topics.find((one) => one.kind === kind)
  if (found === undefined) throw new Error(`no topic is called ${topic}`)
  return found.kind
}

/**
 * Record key: the parts joined by `|`. Ids of systems and connections contain no `|`, so the first one ends the first
 * part.
 */
export function recordKey(...parts: readonly [string, ...string[]]): string {
  return parts.join('|')
}

/** Splits a record key at its first `|` into the owner (source or connection) and the entity key. */
export function splitRecordKey(key: string): { readonly owner: string; readonly key: string } {
  const at = key.indexOf('|')
  return at < 0 ? { owner: '', key } : { owner: key.slice(0, at), key: key.slice(at + 1) }
}
