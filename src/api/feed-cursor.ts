import { StreamError } from '../errors.ts'
import { cursorExpired, type FeedCursor } from '../operations/feeds.ts'
import { openSealedText, sealedText } from './sealed-text.ts'

/** Deleted rows are in the feed at least this long (Guarantee 8): a cursor that is older could miss one. */
const CURSOR_DAYS = 30
const CURSOR_MS = CURSOR_DAYS * 24 * 60 * 60 * 1000

/** As it is sealed: short names, for it travels in an address. */
interface Wire {
  readonly k: 'feed'
  readonly f: string
  readonly g: number
  readonly c: string
  readonly s: string | null
  readonly u: readonly [number | null, number | null]
  /** When it was made. */
  readonly t: number
  /** By source and shard: `time.offset`, base 36. */
  readonly p: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export function writeCursor(key: string, cursor: FeedCursor, now: number): string {
  const { feed, generation, filter, places } = cursor
  const p = mapPlaces(places, ({ time, offset }) => `${time.toString(36)}.${offset.toString(36)}`)
  const wire: Wire = {
    k: 'feed',
    f: feed,
    g: generation,
    c: filter.connection,
    s: filter.source,
    u: [filter.from, filter.to],
    t: now,
    p,
  }
  return sealedText(key, wire)
}

/** Throws `cursor_invalid` for a text that is no cursor of ours, `cursor_expired` for one that is too old. */
export function readCursor(key: string, text: string, now: number): FeedCursor {
  const wire = openSealedText(key, text) as Wire | undefined
  if (wire?.k !== 'feed') {
    const message = 'cursor: not one that this feed gave; send it exactly as it was received, or begin without one'
    throw new StreamError('cursor_invalid', message, { field: 'cursor' })
  }
  if (now - wire.t > CURSOR_MS) throw cursorExpired(`it is older than ${CURSOR_DAYS} days`)
  const places = mapPlaces(wire.p, (place) => {
    const [time = '0', offset = '0'] = place.split('.')
    return { time: Number.parseInt(time, 36), offset: parseOffset(offset) }
  })
  const filter = { connection: wire.c, source: wire.s, from: wire.u[0], to: wire.u[1] }
  return { feed: wire.f, generation: wire.g, filter, places }
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
