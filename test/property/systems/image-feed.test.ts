import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { FeedRow } from '../../../src/systems/image-feed/rows.ts'
import { parseText } from '../../worlds/image-feed.ts'

interface Printed {
  readonly sku: string
  readonly url: string
  readonly position: string
  readonly label: string
}

/** Text that a vendor may write into a cell; what is around it is trimmed by everyone. */
const text = (allowed: RegExp) =>
  fc
    .string({
      unit: fc.oneof(
        fc.constantFrom('"', "'", ',', ';', '|', '<', '&', '\n', 'ä', '👟'),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
      maxLength: 12,
    })
    .map((value) => value.replace(allowed, '').trim())
/** Characters that XML can't hold; line ends that it reads as others. */
const notInXml = /[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const printed: fc.Arbitrary<Printed> = fc.record({
  sku: text(notInXml).filter((sku) => sku !== ''),
  url: fc.webUrl({ withQueryParameters: true }),
  position: fc.nat(999).map(String),
  label: text(notInXml),
})
const feed = fc.array(printed, { minLength: 1, maxLength: 8 })
const piece = fc.integer({ min: 1, max: 40 })
const columns = ['sku', 'url', 'position', 'label'] as const

async function same(rows: readonly Printed[], parsed: Promise<readonly FeedRow[]>): Promise<void> {
  const read = (await parsed).map(({ cells }) =>
    Object.fromEntries(columns.map((column) => [column, cells[column]?.[0] ?? ''])),
  )
  const [got, wanted] = [
    JSON.stringify(read),
    JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])))),
  ]
  if (got !== wanted) throw new Error(`read ${got}, printed ${wanted}`)
}

describe('a feed that is printed', () => {
  it('is read the same from CSV, in any dialect and whatever pieces it comes in', async () => {
    const dialect = fc.record({
      delimiter: fc.constantFrom(',', ';', '|', '\t'),
      quote: fc.constantFrom('"', "'"),
      end: fc.constantFrom('\n', '\r\n'),
      always: fc.boolean(),
    })
    const print = (
      rows: readonly Printed[],
      { delimiter, quote, end, always }: { delimiter: string; quote: string; end: string; always: boolean },
    ) => {
      const cell = (value: string) =>
        always || /[\r\n"'\s]/.test(value) || value.includes(delimiter)
          ? `${quote}${value.replaceAll(quote, quote + quote)}${quote}`
          : value
      return [columns.map(String), ...rows.map((row) => columns.map((column) => row[column]))]
        .map((cells) => cells.map(cell).join(delimiter) + end)
        .join('')
    }
    await fc.assert(
      fc.asyncProperty(feed, dialect, piece, async (rows, how, size) => {
        const settings = {
          format: 'csv' as const,
          delimiter: how.delimiter === '\t' ? 'tab' : how.delimiter,
          quote: how.quote,
        }
        await same(rows, parseText(print(rows, how), settings, size))
      }),
    )
  })

  it('is read the same from JSON', async () => {
    const print = (rows: readonly Printed[]) =>
      JSON.stringify({ a: { b: rows.map((row) => ({ ...row, position: Number(row.position) })) } })
    await fc.assert(
      fc.asyncProperty(feed, piece, async (rows, size) => same(rows, parseText(print(rows), { items: 'a.b' }, size))),
    )
  })

  it('is read the same from XML, text escaped or as CDATA, or in attributes', async () => {
    const escaped = (value: string) =>
      value
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('"', '&quot;')
        .replaceAll('>', '&#62;')
        .replaceAll('\n', '&#10;')
        .replaceAll('\t', '&#9;')
    const cdata = (value: string) => `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
    const print = (rows: readonly Printed[], as: string) =>
      `<f><!-- x --><rows>${rows
        .map((row) =>
          as === 'attributes'
            ? `<r ${columns.map((column) => `${column}="${escaped(row[column])}"`).join(' ')}/>`
            : `<r>${columns.map((column) => `<${column}>${as === 'cdata' ? cdata(row[column]) : escaped(row[column])}</${column}>`).join('\n')}</r>`,
        )
        .join('')}</rows></f>`
    await fc.assert(
      fc.asyncProperty(feed, fc.constantFrom('attributes', 'cdata', 'escaped'), piece, async (rows, as, size) => {
        const at =
          as === 'attributes' ? Object.fromEntries(columns.map((column) => [`columns.${column}`, `@${column}`])) : {}
        await same(rows, parseText(print(rows, as), { items: 'f.rows.r', ...at }, size))
      }),
    )
  })

  it('that is cut anywhere is refused, or is read the same where nothing of it is missing', async () => {
    const prints = {
      csv: (rows: readonly Printed[]) =>
        `${columns.join()}\n${rows.map((row) => `${columns.map((column) => JSON.stringify(row[column]).replaceAll('\\"', '""').replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\\\', '\\')).join()}\n`).join('')}`,
      json: (rows: readonly Printed[]) => JSON.stringify(rows),
    }
    const whole = async (rows: readonly Printed[], format: 'csv' | 'json', share: number, size: number) => {
      const all = prints[format](rows)
      const cut = all.slice(0, Math.floor(all.length * share))
      const parsed = await parseText(cut, { format }, size).catch((error: unknown) => error)
      if (parsed instanceof Error) return
      // What ends with a whole line can't be told from a whole file: the runs' guard counts its rows.
      const read = parsed as FeedRow[]
      if (format === 'json' || read.length > rows.length) throw new Error(`taken: ${cut}`)
      await same(rows.slice(0, read.length), Promise.resolve(read))
    }
    await fc.assert(
      fc.asyncProperty(
        feed,
        fc.constantFrom('csv' as const, 'json' as const),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        piece,
        whole,
      ),
    )
  })
})
