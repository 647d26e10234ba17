/*
 * Whatever a vendor sends, everything else the process does goes on meanwhile. Not the time is looked at, which is another on each
 * machine, but how much is read between two turns of the event loop.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { groupBySku } from '../../../../src/systems/image-feed/images.ts'
import { parseFeed } from '../../../../src/systems/image-feed/parse.ts'
import { feedWords } from '../../../../src/systems/image-feed/record.ts'
import { CHARACTERS_AT_ONCE, inTurns, ROWS_AT_ONCE, sortInTurns } from '../../../../src/systems/image-feed/turns.ts'
import { decoded } from '../../../../src/systems/kit/decode-text.ts'
import { unpacked } from '../../../../src/systems/kit/unpack.ts'
import { settingsOf } from '../../../worlds/image-feed.ts'

const KB = 1024
const HEADER = 'sku,url,position,label,role\n'
const MOST = 64 * KB * KB
const packing = { encoding: null, most: MOST, words: feedWords }
const encoding = { setting: null, contentType: null, words: feedWords }

/** How many turns others had until it was done. */
async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let ended = false
  const count = async () => {
    for (; !ended; turns += 1) await nextTurn()
  }
  const counted = count()
  await work().catch(() => undefined)
  ended = true
  await counted
  return turns
}

async function* chunks(bytes: Buffer, size = 64 * KB): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Sixteen turns' worth of characters. */
const much = (text: string) => text.repeat((16 * CHARACTERS_AT_ONCE) / text.length)

/** What each parser has the most to do with, by its size. */
const worst: Readonly<Record<string, string>> = {
  'empty lines': HEADER + much('\n'),
  'lines of delimiters': HEADER + much(',,,,\n'),
  'one line': `${HEADER}a,${much('x')}\n`,
  'one cell of line breaks': `${HEADER}a,"${much('\n')}",,,\n`,
  'quotes alone': HEADER + much('"'),
  'quotes that are never closed': HEADER + much('a,https://v.test/a,1,"x\n'),
  'short rows': HEADER + much('a\n'),
  'lists in lists': `[${'['.repeat(900)}${']'.repeat(900)}${much(',1')}]`,
  'an object in each row': `[${much('{"sku":"a","url":"https://v.test/a"},')}{}]`,
  'a text without an end': `[{"sku":"${much('x')}`,
  escapes: `[{"sku":"${much('\\u0041')}"}]`,
  'lines of JSON': much('{"sku":"a","url":"https://v.test/a"}\n'),
  'elements in a row': `<f><r>${much('<a/>')}</r></f>`,
  'rows of XML': `<f>${much('<r/>')}</f>`,
  entities: `<f><r><sku>${much('&amp;')}</sku></r></f>`,
  'a comment': `<f><!--${much('-x')}--></f>`,
  CDATA: `<f><r><![CDATA[${much(']]')}]]></r></f>`,
}

/** XML whose parser keeps all of it until its end comes: what it begins with, and what goes on for ever. */
const withoutEnd: Readonly<Record<string, readonly [string, string]>> = {
  'a comment': ['<f><!--', 'x-'],
  'a comment in a row': ['<f><r><!--', 'x-'],
  CDATA: ['<f><r><![CDATA[', ']x'],
  'CDATA outside of rows': ['<f><![CDATA[', ']x'],
  'a processing instruction': ['<f><?p ', '?x'],
  'a document type': ['<!DOCTYPE f [', '<x '],
  'a quoted part of a document type': ['<!DOCTYPE f "', 'x '],
  'a text': ['<f><r><sku>', '&amp;'],
  'a text outside of rows': ['<f>', '&#65;'],
  'an attribute': ['<f><r a="', '&amp;'],
  'the name of an element': ['<f><r', 'a'],
}

describe('reading a feed gives others their turn', () => {
  it.each(Object.entries(worst))('within %s', async (_, text) => {
    const bytes = Buffer.from(text)
    const { form } = settingsOf({})
    const read = async () =>
      await groupBySku((await parseFeed(decoded(unpacked(chunks(bytes), packing), encoding), form)).rows)
    expect(await turnsOf(read)).toBeGreaterThanOrEqual(Math.floor(bytes.length / CHARACTERS_AT_ONCE) - 1)
  })

  it('within what is packed, and refuses blanks without an end long before their end', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * KB * KB, ' '))
    expect(bomb.length).toBeLessThan(64 * KB)
    let unpackedBytes = 0
    const counted = async function* () {
      for await (const chunk of unpacked(chunks(bomb), packing)) {
        unpackedBytes += chunk.length
        yield chunk
      }
    }
    const read = parseFeed(decoded(counted(), encoding), settingsOf({}).form)
    await expect(read).rejects.toThrow(/begins with more than 1048576 blanks/)
    expect(unpackedBytes).toBeLessThan(2 * KB * KB)
  })

  it.each(Object.entries(withoutEnd))(
    'within XML, and refuses %s without an end long before 64 MB',
    async (_, [begin, part]) => {
      let sent = 0
      const text = async function* () {
        yield begin
        const piece = part.repeat(Math.ceil(CHARACTERS_AT_ONCE / part.length))
        for (; sent < MOST; sent += piece.length) yield piece
      }
      await expect(parseFeed(text(), settingsOf({}).form)).rejects.toThrow(/more than \d+ characters in one/)
      expect(sent).toBeLessThan(3 * KB * KB)
    },
  )

  it('in pieces of one size, whatever sizes it comes in', async () => {
    const text = 'x'.repeat(10 * CHARACTERS_AT_ONCE + 7)
    for (const size of [1, 1000, CHARACTERS_AT_ONCE, 5 * CHARACTERS_AT_ONCE]) {
      const given = async function* () {
        for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
      }
      const pieces = await Array.fromAsync(inTurns(given()))
      expect(pieces.map(({ length }) => length)).toEqual([...Array.from({ length: 10 }, () => CHARACTERS_AT_ONCE), 7])
    }
  })
})

describe('sorting in turns', () => {
  it('is as sorting is, and keeps the order of what is equal', async () => {
    const items = Array.from({ length: 5 * ROWS_AT_ONCE + 3 }, (_, index) => ({ key: (index * 7919) % 1013, index }))
    const compare = (a: { key: number }, b: { key: number }) => a.key - b.key
    expect(await sortInTurns(items, compare)).toEqual(items.toSorted(compare))
    expect(await sortInTurns([], compare)).toEqual([])
    expect(await turnsOf(() => sortInTurns(items, compare))).toBeGreaterThan(10)
  })
})
