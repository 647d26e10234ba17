import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { cursorExpired } from '../operations/cursor-expired.ts'
import type { FeedCursor } from '../operations/feed-page.ts'
import { isSealed, isWellFormed, openSealedText, sealedText } from './sealed-text.ts'

/** Deleted rows are in the feed at least this long (Guarantee 8): an older cursor could miss one. */
const CURSOR_DAYS = 30
const CURSOR_MS = CURSOR_DAYS * 24 * 60 * 60 * 1000

/** The sealed form: short names, since it is sent in URLs. */
interface Wire {
  readonly k: 'feed'
  readonly f: string
  readonly g: number
  readonly c: string
  /** Separated by commas. */
  readonly s: string | null
  readonly u: readonly [number | null, number | null]
  /** When it was created. */
  readonly t: number
  /** How the rows of stale sources were served; missing: no source was stale. */
  readonly z?: Readonly<Record<string, string>>
  /** How the feed was shown; missing: rows as they are. */
  readonly m?: string
  /** By source and shard: `time.offset`, base 36. */
  readonly p: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A cursor as a reader sent it. */
export interface GivenCursor {
  readonly text: string
  readonly cursor: FeedCursor
  /** Milliseconds. */
  readonly madeAt: number
}

/** How long a reader without new rows gets the same cursor. */
const RENEWED_MS = 60 * 60 * 1000
/** The same while other connections change: each poll then asks whether their changes are the reader's. */
const PASSED_MS = 60_000

/**
 * The cursor of an answer. For the first hour, a reader whose place did not change gets the text it sent: the same
 * answer has the same bytes, and nothing is sealed. After that it gets a new one, so the cursor of an active reader
 * never expires. `hasNews`: the answer has rows, or more are known to follow; without news, the reader's place only passes
 * changes of other connections, and reading them again is right.
 */
export function nextCursor(
  key: string,
  given: GivenCursor | null,
  { cursor: next, hasNews }: { readonly cursor: FeedCursor; readonly hasNews: boolean },
  now: number,
): string {
  if (given === null || !isSealed(given.text) || !isServedAlike(given.cursor, next)) return writeCursor(key, next, now)
  const keptMs = given.cursor.places === next.places ? RENEWED_MS : hasNews ? 0 : PASSED_MS
  return now - given.madeAt < keptMs ? given.text : writeCursor(key, next, now)
}

function isServedAlike(one: FeedCursor, other: FeedCursor): boolean {
  return one.mark === other.mark && canonicalJson(one.changed) === canonicalJson(other.changed)
}

function writeCursor(key: string, cursor: FeedCursor, now: number): string {
  const { feed, generation, filter, places, changed, mark } = cursor
  const p = mapPlaces(places, ({ time, offset }) => `${time.toString(36)}.${offset.toString(36)}`)
  const wire: Wire = {
    k: 'feed',
    f: feed,
    g: generation,
    c: filter.connection,
    s: filter.sources?.join(',') ?? null,
    u: [filter.from, filter.to],
    t: now,
    ...(Object.keys(changed).length === 0 ? {} : { z: changed }),
    ...(mark === '' ? {} : { m: mark }),
    p,
  }
  return sealedText(key, wire)
}

/** Opened cursors with their key, since polling readers repeat cursors. The oldest is removed first. */
const opened = new Map<string, { readonly key: string; readonly given: GivenCursor }>()
const MOST_OPENED = 1_000

/**
 * Throws `cursor_expired` for a cursor that is too old or that this key can't open, since its reader has to begin again,
 * and `cursor_invalid` for text that is not a cursor of a feed.
 */
export function readCursor(key: string, text: string, now: number): GivenCursor {
  const known = opened.get(text)
  const given = known?.key === key ? known.given : open(key, text)
  if (now - given.madeAt > CURSOR_MS) throw cursorExpired(`it is older than ${CURSOR_DAYS} days`)
  return given
}

function open(key: string, text: string): GivenCursor {
  const wire = openSealedText(key, text) as Wire | undefined
  if (wire === undefined && isWellFormed(text)) {
    throw cursorExpired('it is of a key with another reach, of another installation, or was changed')
  }
  if (wire?.k !== 'feed') {
    const message = 'cursor: not a cursor of this feed; send it exactly as received, or begin without one'
    throw new StreamError('cursor_invalid', message, { field: 'cursor' })
  }
  const places = mapPlaces(wire.p, (place) => {
    const [time = '0', offset = '0'] = place.split('.')
    return { time: Number.parseInt(time, 36), offset: parseOffset(offset) }
  })
  const filter = { connection: wire.c, sources: wire.s?.split(',') ?? null, from: wire.u[0], to: wire.u[1] }
  const given = {
    text,
    cursor: { feed: wire.f, generation: wire.g, filter, places, changed: wire.z ?? {}, mark: wire.m ?? '' },
    madeAt: wire.t,
  }
  const [oldest] = opened.keys()
  if (opened.size >= MOST_OPENED && oldest !== undefined) opened.delete(oldest)
  opened.set(text, { key, given })
  return given
}

function parseOffset(text: string): bigint {
  let offset = 0n
  for (const digit of text) offset = offset * 36n + BigInt(Number.parseInt(digit, 36))
  return offset
}

function mapPlaces<A, B>(
  places: Readonly<Record<string, Readonly<Record<string, A>>>>,
  map: (place: A) => B,
): Record<string, Record<string, B>> {
  const shardsOf = (shards: Readonly<Record<string, A>>) =>
    Object.fromEntries(Object.entries(shards).map(([shard, place]) => [shard, map(place)]))
  return Object.fromEntries(Object.entries(places).map(([source, shards]) => [source, shardsOf(shards)]))
}
