import { expect, it } from 'vitest'
import { nextCursor, readCursor } from '../../../src/api/feed-cursor.ts'
import { sealedText } from '../../../src/api/sealed-text.ts'
import type { FeedCursor } from '../../../src/operations/feed-page.ts'

const filter = { connection: 'a', sources: null, from: null, to: null }
const cursor: FeedCursor = {
  feed: 'inventory',
  generation: 1,
  filter,
  places: { vendor: { 0: { time: 7, offset: 123_456_789_012_345_678n } } },
  changed: {},
  mark: '',
}
const HOUR = 3_600_000
/** Of an answer with rows, and of one without. */
const rows = (of: FeedCursor) => ({ cursor: of, hasNews: true })
const none = (of: FeedCursor) => ({ cursor: of, hasNews: false })

it('is opened as it was written, again and again', () => {
  const text = nextCursor('key', null, rows(cursor), 5)
  for (let time = 0; time < 3; time += 1) {
    expect(readCursor('key', text, HOUR)).toEqual({ text, cursor, madeAt: 5 })
  }
})

it('that one key has opened is opened with no other', () => {
  const text = nextCursor('key', null, rows(cursor), 5)
  readCursor('key', text, 5)
  expect(() => readCursor('other key', text, 5)).toThrow(expect.objectContaining({ code: 'cursor_expired' }))
  expect(readCursor('key', text, 5).cursor).toEqual(cursor)
})

it.each([
  ['no cursor at all', 'nonsense'],
  ['not as it was sent', `${nextCursor('key', null, rows(cursor), 5)} `],
  ['the cursor of another list', sealedText('key', { k: 'tasks' })],
])('is refused if it is %s', (_, text) => {
  expect(() => readCursor('key', text, 5)).toThrow(expect.objectContaining({ code: 'cursor_invalid' }))
})

it('that was opened in time expires all the same', () => {
  const text = nextCursor('key', null, rows(cursor), 5)
  readCursor('key', text, 5)
  expect(() => readCursor('key', text, 30 * 24 * HOUR + 6)).toThrow(expect.objectContaining({ code: 'cursor_expired' }))
})

it('is another one as soon as the reader has moved', () => {
  const given = readCursor('key', nextCursor('key', null, rows(cursor), 5), 5)
  expect(nextCursor('key', given, rows(given.cursor), 6)).toBe(given.text)
  const moved = { ...given.cursor, places: { vendor: { 0: { time: 8, offset: 1n } } } }
  expect(readCursor('key', nextCursor('key', given, rows(moved), 6), 6).cursor).toEqual(moved)
})

it('is another one as soon as rows of a stale source are served otherwise, wherever the reader is', () => {
  const given = readCursor('key', nextCursor('key', null, rows(cursor), 5), 5)
  const stale = { ...given.cursor, changed: { vendor: 'zero' } }
  const next = readCursor('key', nextCursor('key', given, none(stale), 6), 6)
  expect(next.cursor).toEqual(stale)
  expect(nextCursor('key', next, none(next.cursor), 7)).toBe(next.text)
})

it('stays for a minute while only changes of other connections are passed', () => {
  const given = readCursor('key', nextCursor('key', null, rows(cursor), 5), 5)
  const passed = { ...cursor, places: { vendor: { 0: { time: 8, offset: 9n } } } }
  expect(nextCursor('key', given, none(passed), 60_004)).toBe(given.text)
  expect(readCursor('key', nextCursor('key', given, none(passed), 60_005), 60_005).cursor).toEqual(passed)
})
