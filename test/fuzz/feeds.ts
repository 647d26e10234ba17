import { toStreamError } from '../../src/errors.ts'
import { groupBySku, toGallery } from '../../src/systems/image-feed/images.ts'
import type { FeedRow } from '../../src/systems/image-feed/rows.ts'
import { parseText } from '../worlds/image-feed.ts'
import { mutated, randomOf } from './mutate.ts'

interface Printed {
  readonly sku: string
  readonly url: string
  readonly position: string
  readonly label: string
}

interface Dialect {
  readonly settings: Readonly<Record<string, string>>
  print(rows: readonly Printed[], random: () => number): string
}

const columns = ['sku', 'url', 'position', 'label'] as const

const separated = (delimiter: string) => (rows: readonly Printed[], random: () => number) => {
  const end = random() < 0.5 ? '\n' : '\r\n'
  const cell = (value: string) =>
    random() < 0.2 || /["\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))]
  return lines.map((cells) => cells.map(cell).join(delimiter) + end).join('')
}

const escaped = (value: string) =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\n', '&#10;')

const dialects: Readonly<Record<string, Dialect>> = {
  csv: { settings: { format: 'csv' }, print: separated(',') },
  tsv: { settings: { format: 'csv', delimiter: 'tab' }, print: separated('\t') },
  json: {
    settings: { format: 'json', items: 'products' },
    print: (rows) => JSON.stringify({ products: rows, page: 1, next: null }),
  },
  jsonl: {
    settings: { format: 'jsonl' },
    print: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  },
  xml: {
    settings: { format: 'xml' },
    print: (rows, random) => {
      const element = (name: string, value: string) =>
        random() < 0.3 ? `<${name}><![CDATA[${value}]]></${name}>` : `<${name}>${escaped(value)}</${name}>`
      const items = rows.map((row) => `<p>${columns.map((name) => element(name, row[name])).join('')}</p>`)
      return `<?xml version="1.0"?>\n<feed>\n${items.join('\n')}\n</feed>\n`
    },
  },
}

const LABELS = ['Front', '', '19" rack', 'Back, left', 'Größe „M“ 👟', 'two\nlines', 'a & b <c>']

/** A feed whose rows are told by a mark in their address, whatever becomes of the rest. */
function rowsOf(random: () => number): readonly Printed[] {
  return Array.from({ length: 2 + Math.floor(random() * 12) }, (_, index) => ({
    sku: `S-${index % 9}`,
    url: `https://c.test/${markOf(index)}.jpg`,
    position: String(index),
    label: LABELS[Math.floor(random() * LABELS.length)] ?? '',
  }))
}

const markOf = (index: number): string => `mark${String(index).padStart(2, '0')}x`

/** What became of a feed: all that is published, and all that is refused, as text. */
interface Outcome {
  readonly published: string
  readonly refused: string
  /** It was refused as a whole. */
  readonly failed: boolean
}

async function outcomeOf(text: string, settings: Readonly<Record<string, string>>, size: number): Promise<Outcome> {
  let rows: FeedRow[]
  try {
    rows = await parseText(text, settings, size)
  } catch (error) {
    // Anything else is a mistake of ours.
    if (!['source_data_invalid', 'target_unavailable'].includes(toStreamError(error).code)) throw error
    return { published: '', refused: '', failed: true }
  }
  const outcome = { published: '', refused: '', failed: false }
  for (const entity of await groupBySku(rows)) {
    try {
      outcome.published += `${JSON.stringify(toGallery(entity).gallery.map(({ url }) => url))}\n`
    } catch (error) {
      if (toStreamError(error).code !== 'source_data_invalid') throw error
      const places = entity.rows.map(({ place, odd }) => `${place}; ${odd ?? ''}`)
      outcome.refused += `${JSON.stringify(entity.rows)} ${places.join('; ')};\n`
    }
  }
  return outcome
}

/** Marks of rows that are in the text and were neither published nor refused nor reported. */
async function lostOf(text: string, settings: Readonly<Record<string, string>>, size: number): Promise<string[]> {
  const { published, refused, failed } = await outcomeOf(text, settings, size)
  if (failed) return []
  const isReported = (mark: string) => placesOf(text, mark).some((place) => refused.includes(`${place};`))
  const isThere = (mark: string) => published.includes(mark) || refused.includes(mark) || isReported(mark)
  return Array.from({ length: 14 }, (_, index) => markOf(index)).filter((mark) => isRow(text, mark) && !isThere(mark))
}

/** Whether the mark stands in an address that is called one. */
function isRow(text: string, mark: string): boolean {
  const at = text.indexOf(`https://c.test/${mark}`)
  if (at === -1) return false
  const begin = text.slice(0, at)
  // JSON whose name of it was changed has no address: that it had one nobody can tell.
  return !/^\s*\{/.test(text) || /"url"\s*:\s*"$/.test(begin)
}

/** Where a row with a mark begins, as messages name places: a cell before it may have line breaks. */
function placesOf(text: string, mark: string): readonly string[] {
  const before = text.slice(0, text.indexOf(mark))
  // Lines of JSON end in one way alone.
  const lines = before.split(/^\s*\{/.test(text) ? '\n' : /\r\n?|\n/).length
  const objects = before.split('{').length - 2
  return [`line ${lines}`, `line ${lines - 1}`, `line ${lines - 2}`, `row ${objects}`]
}

export interface FeedFuzzReport {
  readonly feeds: number
  /** Each with what it takes to see it again. */
  readonly findings: readonly string[]
}

/** Reads so many feeds of each dialect that were mutated, the same ones for the same seed. */
export async function fuzzFeeds({
  seed,
  count,
}: {
  readonly seed: number
  readonly count: number
}): Promise<FeedFuzzReport> {
  const findings: string[] = []
  for (const [index, [name, { settings, print }]] of Object.entries(dialects).entries()) {
    for (let number = 0; number < count; number += 1) {
      const random = randomOf(seed * 1_000_003 + index * 7_000_003 + number)
      const text = mutated(print(rowsOf(random), random), random)
      const size = 1 + Math.floor(random() * 200)
      const lost = await lostOf(text, settings, size).catch((error: unknown) => [String(error)])
      if (lost.length > 0) findings.push(`${name} ${number}: ${lost.join(', ')}\n${JSON.stringify(text)}`)
    }
  }
  return { feeds: count * Object.keys(dialects).length, findings }
}
