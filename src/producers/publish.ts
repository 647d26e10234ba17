import type { Logger } from 'pino'
import { type Publication, publicationRows } from '../control/publish-again.ts'
import { toStreamError } from '../errors.ts'
import { hasFeed } from '../events/entities.ts'
import { contentDigest, digest, sourceEventId } from '../events/identity.ts'
import { type Entity, recordKey, type TopicEvents, topicOf } from '../events/topics.ts'
import { capOccurredAt, versionRank } from '../events/version.ts'
import { forEachBounded } from '../platform/bounded.ts'
import type { EventCodec } from '../platform/codec.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { type AttributeOf, rowsOf } from '../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../platform/dynamodb/tables.ts'
import type { LogProducer } from '../platform/kafka/event-log.ts'
import type { Meter } from '../platform/metrics/meter.ts'
import { withoutPersonalOf } from '../platform/registry/personal-texts.ts'
import { aboutEvent, type StageResult, stageResult } from '../platform/runtime/stage-result.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import type { Tracer } from '../platform/tracing/tracer.ts'
import type { EntityWarning, Page, ReadEntity, UnreadableEntity } from '../systems/kit/source.ts'
import { fitEvent, fitOriginal, withFittingKeys } from './fit-event.ts'
import { joinedByKey, withOwnKeys } from './own-keys.ts'
import { type PublishedEvent, sendPublished } from './send-published.ts'

export interface PublishDeps {
  readonly tables: Tables
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly reporter: StatusReporter
  readonly logger: Logger
  readonly topicPrefix: string
  readonly meter?: Meter
  /** Undefined: tracing is off. */
  readonly tracer?: Tracer | undefined
}

/** Where a page comes from. */
export interface Origin {
  readonly source: string
  readonly entity: Entity
  readonly read: string
  /** Null for a push. */
  readonly taskId: string | null
}

/** Where events come from; `identities`: the entity that owns each key, if the source says so. */
interface NamedOrigin extends Origin {
  readonly identities: ReadonlyMap<string, string>
}

export interface PublishedCounts {
  /** Entities, not events: one that changes again within its run counts once. */
  readonly published: number
  readonly unchanged: number
  readonly unreadable: number
  readonly capped: number
  /** Keys that entities got because another entity owns theirs. */
  readonly shared: readonly string[]
}

type Event = TopicEvents[Entity]

/** Notes written in parallel. */
const WRITERS = 16

/**
 * Publishes what changed of a page and resolves when all events and their status are acknowledged (Guarantee 1).
 * Unchanged content is not published again (Guarantee 3): `publishing` is noted before the send and `published` after
 * the acknowledgement, and only `published` with an equal digest suppresses. So A, then B with a crash before B is
 * noted, then A again, ends with A. `assertHeld` rejects when another worker has taken over: because of the notes
 * written before, others send again whatever this worker still sends (Guarantee 4).
 */
export async function publishPage(
  deps: PublishDeps,
  whence: Origin,
  given: Page<Entity>,
  assertHeld: () => Promise<void> = async () => undefined,
): Promise<PublishedCounts> {
  const { page: keyed, shared, identities, noted } = await withKeys(deps, whence, withFittingKeys(given))
  const page = await withoutForgotten(deps, whence, keyed)
  const origin = { ...whence, identities }
  const { events: asRead, capped } = toEvents(origin, page)
  const isNew = (event: Event) => shared.has(event.key) || !identities.has(event.key)
  const known = new Map([...noted, ...(await publications(deps.tables, origin, asRead.filter(isNew)))])
  const events = asRead.map((event) => afterDeletion(origin, event, known.get(publishedId(event, origin))))
  const { published, unfit } = fitAll(deps, origin, await changedOf(deps.tables, origin, events, known))
  const changed = published.map(({ event }) => event)
  if (changed.length > 0) {
    await noteFirst(deps.tables, origin, changed, known)
    await assertHeld()
    await sendPublished(deps, origin, published)
  }
  const warnings = warningsOf(deps, origin, page)
  const unreadable = [...page.unreadable, ...unfit].map((entity) => withoutPersons(origin, entity))
  await deadLetterUnreadable(deps, origin, unreadable, page.requestedAt)
  await deps.reporter.report(origin.read, 0, [
    ...changed.map((event) => newResult(origin, event, shared.get(event.key), warnings.get(event.key))),
    ...unreadable.map((entity) => failedResult(origin, entity, page.requestedAt)),
  ])
  // Last: a page that fails before this is published and reported again; afterwards it would count as unchanged.
  await note(deps.tables, origin, changed, 'published')
  if (capped > 0)
    deps.logger.warn({ read: origin.read, capped }, 'times of the source were in the future and were capped')
  // An entity that changes again within its run counts once in the task.
  const first = changed.filter((event) => known.get(publishedId(event, origin))?.task !== (origin.taskId ?? ''))
  const unchanged = events.length - changed.length - unfit.length
  return { published: first.length, unchanged, unreadable: unreadable.length, capped, shared: [...shared.keys()] }
}

/** Removes the personal data of forgotten persons from what was read, before digests are made of it. */
async function withoutForgotten({ codec }: PublishDeps, { source, entity }: Origin, page: Page<Entity>) {
  const own = page.entities.map(({ key, data, raw }) => ({ source, key, data, raw, readAt: page.requestedAt }))
  const admitted = (await codec.persons?.admit(entity, own)) ?? own
  const entities = page.entities.map((one, index) => {
    const { data, raw } = admitted[index] ?? one
    return data === one.data ? one : ({ ...one, data, raw } as ReadEntity<Entity>)
  })
  return { ...page, entities }
}

/** The page with unique keys, and the owners of the keys. */
async function withKeys(deps: PublishDeps, origin: Origin, page: Page<Entity>) {
  const identified = page.entities.filter(({ identity }) => identity !== undefined)
  const ids = [...new Set(identified.map(({ key }) => recordKey(origin.source, origin.entity, key)))]
  const rows = await rowsOf(deps.tables, publicationRows).getMany(ids.map((id) => ({ id })))
  const noted = new Map(rows.map((row) => [row.id, row]))
  const own = withOwnKeys(page.entities, (key) => noted.get(recordKey(origin.source, origin.entity, key)))
  const { entities, unreadable } = joinedByKey(own.entities, page.joins)
  for (const message of own.shared.values()) deps.logger.warn({ read: origin.read }, message)
  return {
    page: { ...page, entities, unreadable: [...page.unreadable, ...unreadable] },
    shared: own.shared,
    noted,
    identities: new Map(entities.flatMap(({ key, identity }) => (identity === undefined ? [] : [[key, identity.id]]))),
  }
}

/** The events that can be sent, with their records, and those that can't. */
function fitAll(deps: PublishDeps, origin: Origin, events: readonly Event[]) {
  const published: PublishedEvent[] = []
  const unfit: UnreadableEntity[] = []
  for (const event of events) {
    const fitted = fitEvent(deps, origin.entity, event)
    if ('unfit' in fitted) unfit.push(fitted.unfit)
    else published.push({ event, record: fitted.record })
  }
  return { published, unfit }
}

async function publications(
  tables: Tables,
  origin: Origin,
  events: readonly Event[],
): Promise<ReadonlyMap<string, Publication>> {
  const keys = events.map((event) => ({ id: publishedId(event, origin) }))
  const rows = await rowsOf(tables, publicationRows).getMany(keys)
  return new Map(rows.map((row) => [row.id, row]))
}

function toEvents(origin: Origin, page: Page<Entity>): { events: readonly Event[]; capped: number } {
  const times = page.entities.map(({ occurredAt }) => capOccurredAt(occurredAt, page.requestedAt))
  const events = page.entities.map((entity, index) =>
    toEvent(origin, entity, times[index]?.occurredAt ?? null, page.requestedAt),
  )
  return { events, capped: times.filter(({ capped }) => capped).length }
}

function toEvent(origin: Origin, entity: ReadEntity<Entity>, occurredAt: number | null, readAt: number): Event {
  const { key, deleted, data, compared = data, raw } = entity
  const { source, taskId } = origin
  const content = contentDigest({ deleted, data: compared })
  const eventId = sourceEventId({ source, entity: origin.entity, key, occurredAt, contentDigest: content })
  return { eventId, contentDigest: content, source, key, taskId, occurredAt, readAt, deleted, data, raw } as Event
}

/**
 * An entity that reappears is newer than its deletion, even if its own time is older: a source may have been restored.
 */
function afterDeletion(origin: Origin, event: Event, noted: Publication | undefined): Event {
  if (noted === undefined || noted.occurred_at === null || event.deleted) return event
  const onItsWay = noted.state === 'publishing' && noted.digest === event.contentDigest
  if (!noted.deleted && !onItsWay) return event
  const lifted = { ...event, occurredAt: Math.max(event.occurredAt ?? 0, noted.occurred_at) }
  if (versionRank(lifted) <= noted.rank) return event
  return { ...lifted, eventId: sourceEventId({ ...lifted, entity: origin.entity }) }
}

function publishedId(event: Event, origin: Origin): string {
  return recordKey(event.source, origin.entity, event.key)
}

function noteOf(origin: NamedOrigin, event: Event, state: Publication['state']): Publication {
  const identity = origin.identities.get(event.key)
  const { contentDigest: content, occurredAt, taskId } = event
  return {
    id: publishedId(event, origin),
    state,
    digest: content,
    rank: versionRank(event),
    occurred_at: occurredAt,
    task: taskId,
    deleted: event.deleted,
    identity: identity ?? null,
    expires: noteExpires(origin, event),
  }
}

/**
 * The note of an entity that is never deleted at its source may expire once nobody has read the entity for so long: if
 * read again, it is published once more with the same id, which changes nothing. Notes of deletions stay, because an
 * entity that comes back must be newer than its deletion (Guarantee 4), and so do notes of key owners.
 */
function noteExpires({ entity, identities }: NamedOrigin, event: Event): number | null {
  if (hasFeed(entity) || event.deleted || identities.has(event.key)) return null
  return expiresAfter(event.readAt, keptDays.notesOfOrders)
}

/** How late an expiry is extended: the note of an entity that is read daily is not written daily. */
const PUT_OFF_AFTER = (keptDays.notesOfOrders / 2) * 86_400

function isToBePutOff(noted: Publication, expires: number | null): expires is number {
  return expires !== null && expires - (noted.expires ?? 0) >= PUT_OFF_AFTER
}

type NoteCondition = Condition<AttributeOf<Publication>>

/** Guarantee 4: another worker may have noted a newer version while this one was stalled. */
function notNewerThan(event: Event): NoteCondition {
  return { anyOf: [{ absent: 'rank' }, { attribute: 'rank', is: '<=', value: versionRank(event) }] }
}

/**
 * The events with other content than the one published last. A newer version of the same content is only noted:
 * otherwise an older version with other content, published late, would count as the newest. If its note was changed
 * meanwhile, the event is sent.
 */
async function changedOf(
  tables: Tables,
  origin: NamedOrigin,
  events: readonly Event[],
  known: ReadonlyMap<string, Publication>,
): Promise<readonly Event[]> {
  const changed = new Set<Event>()
  const rows = rowsOf(tables, publicationRows)
  await forEachBounded(events, WRITERS, async (event) => {
    const noted = known.get(publishedId(event, origin))
    if (noted?.state !== 'published' || noted.digest !== event.contentDigest) {
      changed.add(event)
      return
    }
    const same: NoteCondition[] = [
      { attribute: 'state', is: '=', value: 'published' },
      { attribute: 'digest', is: '=', value: event.contentDigest },
    ]
    if (event.occurredAt === null || (noted.occurred_at ?? 0) >= event.occurredAt) {
      const expires = noteExpires(origin, event)
      if (isToBePutOff(noted, expires)) await rows.update({ id: noted.id }, { set: { expires } }, { allOf: same })
      return
    }
    const note = { ...noteOf(origin, event, 'published'), task: noted.task }
    const done = await rows.put(note, { allOf: [...same, notNewerThan(event)] })
    if (!done) changed.add(event)
  })
  return events.filter((event) => changed.has(event))
}

/** Before the send. Most entities of a first run have no note yet: theirs are inserted, many per request. */
async function noteFirst(
  tables: Tables,
  origin: NamedOrigin,
  events: readonly Event[],
  known: ReadonlyMap<string, Publication>,
) {
  const isNew = (event: Event) => !known.has(publishedId(event, origin))
  const first = new Map(events.filter(isNew).map((event) => [noteOf(origin, event, 'publishing'), event]))
  const there = await rowsOf(tables, publicationRows).insertMany([...first.keys()])
  const left = new Set(there.map((row) => first.get(row)))
  const rest = events.filter((event) => !isNew(event) || left.has(event))
  await note(tables, origin, rest, 'publishing')
}

/** One by one: each note is a conditional write. */
async function note(tables: Tables, origin: NamedOrigin, events: readonly Event[], state: Publication['state']) {
  const rows = rowsOf(tables, publicationRows)
  await forEachBounded(events, WRITERS, async (event) => {
    await rows.put(noteOf(origin, event, state), notNewerThan(event))
  })
}

/** Warnings of readers by key; logged once per page, and reported with each changed entity. */
function warningsOf({ logger }: PublishDeps, { read }: Origin, page: Page<Entity>): ReadonlyMap<string, EntityWarning> {
  const warnings = new Map(page.entities.flatMap(({ key, warning }) => (warning === undefined ? [] : [[key, warning]])))
  for (const message of [...warnings.values()].map((warning) => warning.message).slice(0, 1)) {
    logger.warn({ read, warnings: warnings.size }, message)
  }
  return warnings
}

/** `shared`: why the entity does not have the key that the source gives it. */
function newResult(
  { entity }: Origin,
  event: Event,
  shared: string | undefined,
  warning: EntityWarning | undefined,
): StageResult {
  const why =
    shared === undefined ? (warning ?? { code: null, message: null }) : { code: 'key_shared', message: shared }
  return stageResult(aboutEvent(entity, event, null), { status: 'new', ...why, targetId: null })
}

/** Removes personal data from the error: its text is stored, reported and shown. */
function withoutPersons({ entity }: Origin, unreadable: UnreadableEntity): UnreadableEntity {
  const { raw, error } = unreadable
  return { ...unreadable, error: withoutPersonalOf(entity, raw, toStreamError(error)) }
}

function unreadableId(origin: Origin, entity: UnreadableEntity): string {
  return digest('unreadable', origin.read, entity.key, entity.raw)
}

function failedResult(origin: Origin, unreadable: UnreadableEntity, readAt: number): StageResult {
  const { code, message } = toStreamError(unreadable.error)
  const { taskId, entity, source } = origin
  const event = {
    taskId,
    source,
    key: unreadable.key,
    eventId: unreadableId(origin, unreadable),
    occurredAt: null,
    readAt,
  }
  return stageResult(aboutEvent(entity, event, null), { status: 'failed', code, message, targetId: null })
}

/**
 * Guarantee 2: what can't become an event is stored as the source sent it. It has no position in a topic: offset -1.
 */
async function deadLetterUnreadable(
  deps: PublishDeps,
  origin: Origin,
  unreadable: readonly UnreadableEntity[],
  requestedAt: number,
): Promise<void> {
  const topic = `${deps.topicPrefix}${topicOf('dead-letters')}`
  const { source, entity: kind } = origin
  const records = await Array.fromAsync(unreadable, async (entity) => {
    const error = toStreamError(entity.error)
    const { original: bytes, note: cut } = fitOriginal(entity.raw)
    const about = { kind, source, key: entity.key, at: requestedAt }
    const original = (await deps.codec.persons?.seal(about, bytes)) ?? bytes
    const value = deps.codec.encode('dead-letters', {
      deadLetterId: unreadableId(origin, entity),
      stage: origin.read,
      connection: null,
      key: entity.key,
      topic: '',
      partition: -1,
      offset: -1,
      timestamp: requestedAt,
      originalKey: Buffer.from(recordKey(origin.source, entity.key)),
      originalValue: original,
      headers: [],
      code: error.code,
      message: error.message + cut,
      field: error.field ?? null,
      attempts: 1,
      firstAt: requestedAt,
      lastAt: requestedAt,
      taskId: origin.taskId,
      eventId: null,
      retry: 0,
      change: null,
    })
    return { topic, key: recordKey(origin.read, origin.source, entity.key), value }
  })
  if (records.length > 0) await deps.producer.send(records)
  for (const { error } of unreadable) {
    const labels = { stage: origin.read, connection: '', code: toStreamError(error).code }
    deps.meter?.count('waldstream_dead_letters_total', labels)
  }
}
