import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { StreamError } from '../../errors.ts'
import { isPossibleTime } from '../../events/times.ts'
import { parsePosition, positionText } from '../../projections/feed-row.ts'
import type { FeedPlaces } from '../../projections/read-feed.ts'

/** A reader's progress through outgoing events. */
export interface EventPlaces {
  /** Milliseconds: a sequence without a place begins with events at or after this time. */
  readonly since: number
  /** Places in events of orders, by the partition of their owner. */
  readonly orders: Readonly<Record<string, string>>
  /** Places in events of stock, by connection. */
  readonly stock: Readonly<Record<string, FeedPlaces>>
  /** Generation of the stock feed that these places are of; null: no stock was read yet. */
  readonly generation: number | null
  /** Milliseconds: a connection without a place begins with stock at or after this time. */
  readonly stockSince: number
}

/** All stored events at or after this time (milliseconds). */
export function placesFrom(since: number): EventPlaces {
  return { since, orders: {}, stock: {}, generation: null, stockSince: since }
}

/**
 * The places in a generation of the stock feed. A rebuild may change rows without moving them, so after a switch all
 * stock is read again: no change is missed, and rows that did not change have the same ids.
 */
export function placesIn(generation: number, places: EventPlaces): EventPlaces {
  if (places.generation === null || places.generation === generation) return { ...places, generation }
  return { ...places, generation, stock: {}, stockSince: 0 }
}

// Each time of 15 digits is one that a Date can have.
const Position = Type.String({ pattern: '^\\d{15}-\\d{20}$' })
const Wire = Type.Object(
  {
    v: Type.Literal(1),
    t: Type.Number(),
    o: Type.Record(Type.String(), Type.String({ pattern: '^\\d{15}(#.{1,400})?$' })),
    g: Type.Optional(Type.Integer({ minimum: 0 })),
    b: Type.Optional(Type.Number()),
    s: Type.Record(Type.String(), Type.Record(Type.String(), Type.Record(Type.String(), Position))),
  },
  { additionalProperties: false },
)

/** Limit of places as JSON: enough for thousands of connections. */
const MOST_BYTES = 4 * 1024 * 1024

/** The places as a cursor: text that fits into a URL. It contains no secret, and access does not depend on it. */
export function cursorOf({ since, orders, stock, generation, stockSince }: EventPlaces): string {
  const ofStock = {
    ...(generation === null ? {} : { g: generation }),
    ...(stockSince === since ? {} : { b: stockSince }),
  }
  const wire = { v: 1, t: since, o: orders, s: mapPlaces(stock, positionText), ...ofStock }
  return deflateRawSync(JSON.stringify(wire)).toString('base64url')
}

/** Throws `cursor_invalid`. */
export function placesOf(cursor: string): EventPlaces {
  const wire = parsed(cursor)
  if (!Check(Wire, wire) || !isPossibleTime(wire.t) || !isPossibleTime(wire.b ?? 0)) throw cursorInvalid()
  // A cursor of an earlier release has no generation.
  const { t: since, o: orders, s: stock, g: generation = null, b: stockSince = since } = wire
  return { since, orders, stock: mapPlaces(stock, parsePosition), generation, stockSince }
}

function parsed(cursor: string): unknown {
  try {
    const json = inflateRawSync(Buffer.from(cursor, 'base64url'), { maxOutputLength: MOST_BYTES })
    return JSON.parse(json.toString('utf8'))
  } catch (cause) {
    throw cursorInvalid(cause)
  }
}

function cursorInvalid(cause?: unknown): StreamError {
  const message = 'cursor: not a cursor of outgoing events; send it exactly as received, or use a start time instead'
  return new StreamError('cursor_invalid', message, { field: 'cursor', ...(cause === undefined ? {} : { cause }) })
}

type ByShard<T> = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, T>>>>>>

function mapPlaces<A, B>(places: ByShard<A>, map: (place: A) => B): ByShard<B> {
  const each = <X, Y>(values: Readonly<Record<string, X>>, one: (value: X) => Y): Record<string, Y> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, one(value)]))
  return each(places, (sources) => each(sources, (shards) => each(shards, map)))
}

/**
 * Time up to which the reader has passed all events, ISO 8601: the earliest of its places; null: it has no place yet.
 */
export function reachedTime({ orders, stock }: EventPlaces): string | null {
  const ofOrders = Object.values(orders).map((place) => Number(place.split('#', 1)[0]))
  const ofStock = Object.values(stock).flatMap((sources) =>
    Object.values(sources).flatMap((shards) => Object.values(shards).map(({ time }) => time)),
  )
  const times = ofOrders.length > 0 ? ofOrders : ofStock
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString()
}
