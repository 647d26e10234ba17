import { Type } from 'typebox'
import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { noteOf, type ReaderNotes } from '../kit/reader-notes.ts'
import type { ImageFeedClient, Validators } from './client.ts'
import type { FeedEntity } from './images.ts'

/** How much there is of a feed. */
export interface FeedSize {
  readonly skus: number
  readonly rows: number
}

/** Of the last feed of a read that was good. */
export interface FeedNote extends FeedSize {
  /** Null: it is to be read in any case. */
  readonly validators: Validators | null
  /** When it is to be read although it has not changed, milliseconds UTC; null: never. */
  readonly againAt: number | null
}

const textOrNull = Type.Union([Type.String(), Type.Null()])
const feedNote = Type.Object({
  feed: Type.String(),
  skus: Type.Number(),
  rows: Type.Number(),
  validators: Type.Union([Type.Object({ etag: textOrNull, lastModified: textOrNull }), Type.Null()]),
  againAt: Type.Union([Type.Number(), Type.Null()]),
})

export interface FeedMemory {
  /** Undefined when there was none, or one that was read in another way. */
  recall(): Promise<FeedNote | undefined>
  remember(note: FeedNote): Promise<void>
}

export function feedMemory(notes: ReaderNotes, read: Read, feed: Pick<ImageFeedClient, 'id'>): FeedMemory {
  const id = `feed ${read.id}`
  return {
    async recall() {
      const note = noteOf(await notes.find([id]), id, feedNote)
      return note?.feed === feed.id ? note : undefined
    },
    remember: async (note) => await notes.keep([{ id, feed: feed.id, ...note }]),
  }
}

export function sizeOf(entities: readonly FeedEntity[]): FeedSize {
  const named = entities.filter(({ sku }) => sku !== null)
  return { skus: named.length, rows: entities.reduce((sum, { rows }) => sum + rows.length, 0) }
}

/**
 * Throws for a feed that has lost more than the read's share of what the last good one had: `too_many_gone`, until someone
 * accepts it by a sweep; and for an empty one, `source_data_invalid`: no run ends well with nothing read.
 */
export function assertPlausible(read: Read, feed: FeedSize, last: FeedSize | undefined): void {
  if (feed.rows === 0) {
    const message = 'the image feed has no rows, and is not taken for one whose images are all gone'
    throw new StreamError('source_data_invalid', message)
  }
  const most = read.sweep.mostGone
  const tooFew = (now: number, before: number) => before - now > before * most
  if (last === undefined || !(tooFew(feed.skus, last.skus) || tooFew(feed.rows, last.rows))) return
  const share = `more than ${most * 100} % are gone; the last good one is kept`
  const message =
    `${read.id}: the image feed has ${feed.skus} SKUs in ${feed.rows} rows, of ${last.skus} in ${last.rows}: ${share}. ` +
    `Look at the feed, and if it is right: waldstream sync ${read.id} --sweep --accept-deletions`
  throw new StreamError('too_many_gone', message, { field: 'sweep.mostGone' })
}
