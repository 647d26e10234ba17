import { toStreamError } from '../errors.ts'
import type { Place } from '../events/generated/events.ts'
import { kindOf } from '../events/topics.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { LogRecord } from '../platform/kafka/event-log.ts'
import type { RecordReader } from '../platform/kafka/record-reader.ts'
import { shownEvent } from '../platform/registry/personal-fields.ts'
import type { StagedPage } from './list-staged.ts'
import { stagedPlace } from './list-staged.ts'
import type { StagedRow } from './staged-row.ts'

/** Bytes of events on one page; a page has at least one row. */
const PAGE_BYTES = 4 * 1024 * 1024

export interface StagedDeps {
  readonly reader: Pick<RecordReader, 'read'>
  readonly codec: Pick<EventCodec, 'decode'>
  readonly topicPrefix: string
}

/** An event and its position; `event` is null if it is not shown; `problem` says why it can't be. */
export interface ShownEvent extends Place {
  /** Decimals as text, times as ISO 8601; personal fields masked for callers that may not see them. */
  readonly event: unknown
  readonly problem: string | null
}

/** A row of a view as returned. */
export interface ShownRow {
  readonly source: string
  readonly key: string
  readonly status: string
  readonly stage: string
  readonly updated_at: string
  readonly occurred_at: string | null
  readonly read_at: string
  readonly task: string | null
  readonly event_id: string
  readonly as_read: ShownEvent | null
  readonly as_mapped: ShownEvent | null
  readonly answer: {
    readonly target_id: string | null
    readonly code: string | null
    readonly message: string | null
    readonly attempts: number
    readonly first_at: string
    readonly last_at: string
  }
}

/** `places`: only the positions of the events; `raw`: also the source's original text. */
export type Payloads = 'places' | 'events' | 'raw'

/**
 * The rows with their events, read from the topics at once. A page ends earlier if its events are too large. `persons`:
 * personal data in clear.
 */
export async function showStaged(
  deps: StagedDeps,
  page: StagedPage,
  payloads: Payloads,
  persons: boolean,
): Promise<{ readonly items: readonly ShownRow[]; readonly next: string | null }> {
  if (payloads === 'places') return { items: page.rows.map((row) => toShown(row, atPlace)), next: page.next }
  const rows = fitting(page.rows)
  const last = rows.at(-1)
  const places = rows.flatMap(({ source_place, mapped_place }) => [source_place, mapped_place])
  const events = await readEvents(
    deps,
    places.filter((place) => place !== null),
    { raw: payloads === 'raw', persons },
  )
  const items = rows.map((row) => toShown(row, (place) => events.get(nameOf(place)) ?? atPlace(place)))
  return { items, next: last === undefined || rows.length === page.rows.length ? page.next : stagedPlace(last) }
}

/** The event at a position, in one read. `persons`: personal data in clear. */
export async function showPlace(deps: StagedDeps, place: Place, persons: boolean): Promise<ShownEvent> {
  const [record] = await deps.reader.read([place])
  return await showEvent(deps, place, record ?? null, { raw: false, persons })
}

function fitting(rows: readonly StagedRow[]): readonly StagedRow[] {
  let bytes = 0
  const over = rows.findIndex(({ source_place, mapped_place }) => {
    bytes += (source_place?.bytes ?? 0) + (mapped_place?.bytes ?? 0)
    return bytes > PAGE_BYTES
  })
  return over < 0 ? rows : rows.slice(0, Math.max(over, 1))
}

/** What to show of an event. */
interface Shows {
  readonly raw: boolean
  readonly persons: boolean
}

async function readEvents(deps: StagedDeps, places: readonly Place[], shows: Shows) {
  const records = await deps.reader.read(places)
  const shown = places.map(async (place, index) => {
    return [nameOf(place), await showEvent(deps, place, records[index] ?? null, shows)] as const
  })
  return new Map(await Promise.all(shown))
}

async function showEvent(
  { codec, topicPrefix }: StagedDeps,
  place: Place,
  record: LogRecord | null,
  { raw, persons }: Shows,
): Promise<ShownEvent> {
  if (record === null) return { ...place, event: null, problem: 'the topic no longer has it' }
  try {
    const kind = kindOf(place.topic.slice(topicPrefix.length))
    const decoded = (await codec.decode(kind, record.value)) as never
    const event = shownEvent(kind, decoded, persons) as Record<string, unknown>
    const { raw: text, ...rest } = event
    return {
      ...place,
      bytes: record.value?.length ?? 0,
      event: raw && text !== undefined ? event : rest,
      problem: null,
    }
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return { ...place, event: null, problem: `${error.code}: ${error.message}` }
  }
}

function atPlace(place: Place): ShownEvent {
  return { ...place, event: null, problem: null }
}

function toShown(row: StagedRow, show: (place: Place) => ShownEvent): ShownRow {
  const { source, key, status, stage, updated_at, occurred_at, read_at, task, event_id } = row
  const { target_id, code, message, attempts, first_at, source_place, mapped_place } = row
  return {
    source,
    key,
    status,
    stage,
    updated_at,
    occurred_at,
    read_at,
    task,
    event_id,
    as_read: source_place === null ? null : show(source_place),
    as_mapped: mapped_place === null ? null : show(mapped_place),
    answer: { target_id, code, message, attempts, first_at, last_at: updated_at },
  }
}

function nameOf({ topic, partition, offset }: Place): string {
  return `${topic}#${partition}#${offset}`
}
