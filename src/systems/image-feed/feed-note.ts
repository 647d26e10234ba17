import { Type } from 'typebox'
import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { noteOf, type ReaderNotes } from '../kit/reader-notes.ts'
import type { ImageFeedClient, Validators } from './client.ts'
import type { FeedEntity } from './images.ts'

/** Size of a feed. */
export interface FeedSize {
  readonly skus: number
  readonly rows: number
}

/** Note on the last valid feed of a read. */
export interface FeedNote extends FeedSize {
  /** Null: the feed must be read in any case. */
  readonly validators: Validators | null
  /** When it must be read even if unchanged, milliseconds UTC; null: never. */
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
  /** Undefined if there is no note, or the feed was read with other settings. */
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
 * Throws `too_many_gone` for a feed that lost more than the read's limit compared with the last valid one, until
 * someone accepts it by a sweep; throws `source_data_invalid` for an empty feed, because a run that reads nothing must
 * not succeed.
 */
export function assertPlausible(read: Read, feed: FeedSize, last: FeedSize | undefined): void {
  if (feed.rows === 0) {
    const message = 'the image feed has no rows; this is not accepted as a deletion of all images'
    throw new StreamError('source_data_invalid', message)
  }
  const most = read.sweep.mostGone
  const tooFew = (now: number, before: number) => before - now > before * most
  if (last === undefined || !(tooFew(feed.skus, last.skus) || tooFew(feed.rows, last.rows))) return
  const share = `more than ${most * 100} % are gone, so the last valid feed stays in effect`
  const message =
    `${read.id}: the image feed has ${feed.skus} SKUs in ${feed.rows} rows, but had ${last.skus} in ${last.rows}: ${share}. ` +
    `Check the feed. If it is correct, run: waldstream sync ${read.id} --sweep --accept-deletions`
  throw new StreamError('too_many_gone', message, { field: 'sweep.mostGone' })
}
