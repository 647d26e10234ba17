import { Type } from 'typebox'
import { expect, it } from 'vitest'
import { createLinkChecks } from '../../../../src/systems/image-feed/check-links.ts'
import type { ImageFeedClient } from '../../../../src/systems/image-feed/client.ts'
import { feedMemory } from '../../../../src/systems/image-feed/feed-note.ts'
import { noteOf, type ReaderNotes } from '../../../../src/systems/kit/reader-notes.ts'
import { manualClock } from '../../../memory/manual-clock.ts'
import { readOf } from '../../../worlds/sources.ts'

function notesInMemory(): ReaderNotes & { readonly rows: Map<string, Record<string, unknown>> } {
  const rows = new Map<string, Record<string, unknown>>()
  return {
    rows,
    find: async (ids) => new Map([...rows].filter(([id]) => ids.includes(id))),
    keep: async (notes) => {
      for (const note of notes) rows.set(note.id, { ...note })
    },
  }
}

it('a note of another form is as one that is lost', () => {
  const schema = Type.Object({ until: Type.Number() })
  const notes = new Map([
    ['right', { id: 'right', until: 1 }],
    ['wrong', { id: 'wrong', until: 'tomorrow' }],
  ])
  expect(noteOf(notes, 'right', schema)).toMatchObject({ until: 1 })
  expect([noteOf(notes, 'wrong', schema), noteOf(notes, 'none', schema)]).toEqual([undefined, undefined])
})

it('what is remembered of a feed is recalled, unless its note can not be read', async () => {
  const notes = notesInMemory()
  const memory = feedMemory(notes, readOf('images', 'images', 100), { id: 'feed-1' })
  const note = { skus: 2, rows: 3, validators: { etag: '"1"', lastModified: null }, againAt: null }
  await memory.remember(note)
  expect(await memory.recall()).toMatchObject(note)
  for (const row of notes.rows.values()) row['validators'] = 'gone'
  expect(await memory.recall()).toBeUndefined()
})

it('a link is asked once while its answer holds, and again where its note can not be read', async () => {
  const notes = notesInMemory()
  const clock = manualClock(0)
  let asked = 0
  const client: ImageFeedClient = {
    id: 'feed-1',
    checkLinksMs: 7 * 86_400_000,
    passingParameters: [],
    download: async () => ({ rows: null, validators: { etag: null, lastModified: null } }),
    check: async () => ({ date: null }),
    link: async () => {
      asked += 1
      return { state: 'good', reason: 'answered 200' }
    },
  }
  const url = 'https://cdn.test/1.jpg'
  const check = async () => await createLinkChecks(client, notes, clock).of([url], new AbortController().signal)
  for (const _ of [1, 2]) expect((await check()).get(url)).toMatchObject({ state: 'good' })
  expect(asked).toBe(1)
  for (const row of notes.rows.values()) row['until'] = null
  expect((await check()).get(url)).toMatchObject({ state: 'good' })
  expect(asked).toBe(2)
})
