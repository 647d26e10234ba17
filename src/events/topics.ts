import { type DeclaredEntity, type Entities, type EntityDeclaration, entityDeclarations } from './entities.ts'
import type { SchemaEvents } from './generated/events.ts'

/** Entities that sources publish; each has its topic of the same name. */
export type Entity = keyof Entities

/** Entities that have this kind of topic. */
export type EntityWith<R extends 'universal' | 'vendor' | 'shop'> = {
  [E in Entity]: Entities[E] extends { readonly [K in R]: keyof SchemaEvents } ? E : never
}[Entity]

/** Entities with a feed. */
export type FeedEntity = EntityWith<'universal'>
export type DeclaredFeedEntity = FeedEntity & DeclaredEntity

export const entities: readonly DeclaredEntity[] = entityDeclarations.map(({ name }) => name)

/** The entities in the order in which calls for them get their turn. */
export const entitiesByCallOrder: readonly Entity[] = entityDeclarations
  .toSorted((a, b) => a.callOrder - b.callOrder)
  .map(({ name }) => name)

/** Entities of the feeds that a shop which does not pull is sent. */
export type PushedEntity = FeedEntity & EntityWith<'shop'>

export const pushedEntities: readonly PushedEntity[] = entityDeclarations.flatMap((one) =>
  'universal' in one && 'shop' in one ? [one.name] : [],
)

/** Topics of no entity, and their schemas. */
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

/** What each kind of topic carries. The kind is also the `<what>` of the subject `<prefix><what>-value`. */
export interface TopicEvents extends OwnEvents, SourceEvents, UniversalEvents, VendorEvents, ShopEvents {}

export type TopicKind = keyof TopicEvents
export type SourceEvent = TopicEvents[Entity]

/** An event with its kind. */
export type KindEvent = { [K in TopicKind]: { readonly kind: K; readonly event: TopicEvents[K] } }[TopicKind]

/** Mapped rows; each is of one connection. */
export type UniversalKind = keyof UniversalEvents
/** Kinds with one topic for each target system: `vendor-orders.netsuite`. */
export type PerSystemKind = keyof VendorEvents | keyof ShopEvents
export type SharedKind = Exclude<TopicKind, PerSystemKind>
/** What processors consume. */
export type ProcessedKind = Entity | UniversalKind
/** Kinds whose events are of an entity. */
export type EntityKind = Exclude<TopicKind, OwnKind>

/** A kind of topic: what it carries, and whether each target system has one of its own. */
export type Topic = {
  /** File in `schemas/`, without ending. */
  readonly schema: keyof SchemaEvents
} & (
  | { readonly kind: SharedKind; readonly perSystem: false }
  | { readonly kind: PerSystemKind; readonly perSystem: true }
)

const roles = ['vendor', 'shop', 'universal'] as const

/** The kinds of topics that entities have. */
export function topicsOf(declarations: readonly EntityDeclaration[]): readonly Topic[] {
  const sources = declarations.map(({ name, source }) => ({ kind: name, schema: source, perSystem: false }))
  const others = roles.flatMap((role) =>
    declarations.flatMap(({ name, [role]: schema }) =>
      schema === undefined ? [] : [{ kind: `${role}-${name}`, schema, perSystem: role !== 'universal' }],
    ),
  )
  // The types of kinds are made by the same rule.
  return [...sources, ...others] as readonly Topic[]
}

/** Every kind of topic of the program. */
export const topics: readonly Topic[] = [
  ...topicsOf(entityDeclarations),
  ...Object.entries(ownTopics).map(([kind, schema]) => ({ kind: kind as OwnKind, schema, perSystem: false as const })),
]

const ofEntity = new RegExp(`^(?:${roles.join('|')})-`)

/** The entity that a kind's events are of: the kind without the word for whom they are. */
export function entityOf(kind: EntityKind): Entity {
  return kind.replace(ofEntity, '') as Entity
}

/** Whether a kind's events are of an entity, and not of the program itself. */
export function isOfEntity(kind: TopicKind): kind is EntityKind {
  return !(kind in ownTopics)
}

/** Whether a kind has one topic for each target system. */
export function isPerSystem(kind: TopicKind): kind is PerSystemKind {
  return topics.some((topic) => topic.kind === kind && topic.perSystem)
}

/** The kind of an entity's rows. */
export function universalKind<E extends FeedEntity>(entity: E): `universal-${E}` {
  return `universal-${entity}`
}

/** The kind of what shops are sent of an entity. */
export function shopKind<E extends EntityWith<'shop'>>(entity: E): `shop-${E}` {
  return `shop-${entity}`
}

/** Name of a kind's topic, before the prefix. */
export function topicOf(kind: SharedKind): string
export function topicOf(kind: PerSystemKind, system: string): string
export function topicOf(kind: TopicKind, system?: string): string {
  return system === undefined ? kind : `${kind}.${system}`
}

/** The kind of a topic's name (without prefix): what stands before the first dot. */
export function kindOf(topic: string): TopicKind {
  const kind = topic.split('.', 1)[0] ?? topic
  const found = topics.find((one) => one.kind === kind)
  if (found === undefined) throw new Error(`no topic is called ${topic}`)
  return found.kind
}

/** Record key: the parts joined by `|`. Ids of systems and connections hold none, so the first `|` ends the first part. */
export function recordKey(...parts: readonly [string, ...string[]]): string {
  return parts.join('|')
}

/** Splits a record key at its first `|` into who (source, connection) and which (entity key). */
export function splitRecordKey(key: string): { readonly owner: string; readonly key: string } {
  const at = key.indexOf('|')
  return at < 0 ? { owner: '', key } : { owner: key.slice(0, at), key: key.slice(at + 1) }
}
