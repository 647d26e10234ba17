// Records are those that csv-parse finds in the whole text, and so are errors, wherever the text is cut into pieces.

import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DelimitedError, delimitedRecords } from '../../../src/systems/files/delimited-records.ts'
import { LONGEST_ROW } from '../../../src/systems/kit/row-limits.ts'

type Outcome = readonly (readonly [cells: readonly string[], line: number])[] | string

function byParser(text: string, delimiter: string, quote: string | null): Outcome {
  try {
    const found = parse(text, {
      bom: true,
      delimiter,
      quote: quote ?? false,
      info: true,
      max_record_size: LONGEST_ROW,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
    return found.map(({ record, info }) => [record, info.lines])
  } catch (error) {
    const { code, lines } = error as { readonly code: string; readonly lines?: number }
    return `${code} ${lines ?? null}`
  }
}

async function byPieces(text: string, delimiter: string, quote: string | null, size: number): Promise<Outcome> {
  const pieces = async function* () {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
  }
  try {
    const found = await Array.fromAsync(delimitedRecords(pieces(), { delimiter, quote }))
    return found.flat().map(({ cells, line }) => [cells, line])
  } catch (error) {
    if (!(error instanceof DelimitedError)) throw error
    return `${error.code} ${error.line}`
  }
}

const token = fc.constantFrom('a', '0', ' ', ',', ',', ';', '\n', '\n', '\r\n', '\r\n', '\r', 'é', '\ufeff')
const quoted = fc.constantFrom('"', '"x"', '"x, ""y"""', '"a\nb"', '"a\r\nb",')
const texts = (parts: fc.Arbitrary<string>) => fc.array(parts, { maxLength: 30 }).map((all) => all.join(''))
const size = fc.integer({ min: 1, max: 9 })

it('records of text without quotes are those of csv-parse', async () => {
  await fc.assert(
    fc.asyncProperty(texts(token), fc.constantFrom('"', null), size, async (text, quote, pieces) => {
      expect(await byPieces(text, ',', quote, pieces)).toEqual(byParser(text, ',', quote))
    }),
    { numRuns: 3_000 },
  )
})

it('records of text with quotes, right or wrong, are those of csv-parse', async () => {
  const parts = fc.oneof({ weight: 6, arbitrary: token }, { weight: 1, arbitrary: quoted })
  await fc.assert(
    fc.asyncProperty(texts(parts), fc.constantFrom(',', ';'), size, async (text, delimiter, pieces) => {
      expect(await byPieces(text, delimiter, '"', pieces)).toEqual(byParser(text, delimiter, '"'))
    }),
    { numRuns: 3_000 },
  )
})

it.each([LONGEST_ROW - 10, LONGEST_ROW, LONGEST_ROW + 10])(
  'a line of %i characters is as csv-parse says',
  async (length) => {
    for (const text of ['x', 'é'].map((one) => `a,b\n${one.repeat(length)},1\nc,d\n`)) {
      expect(await byPieces(text, ',', '"', 65_536)).toEqual(byParser(text, ',', '"'))
    }
  },
)
