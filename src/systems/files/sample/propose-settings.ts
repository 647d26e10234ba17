import type { ProposedSetting, SettingsProposal } from '../../kit/settings-proposal.ts'
import { dateForms, dayParser } from '../file-dates.ts'
import { type FormatValues, rowSource } from '../row-format.ts'
import { rowKinds } from '../row-kinds.ts'
import type { FileContent, RowWords } from '../row-source.ts'
import { type ColumnSample, columnNames, keyName, type RowsSample, sampleRows } from './column-sample.ts'
import { type FoundForm, findForm } from './find-form.ts'
import { headerWords, type LikelyColumn, likelyColumns } from './header-words.ts'
import { OF_ORDERS, shownValue } from './shown-value.ts'
import { type Unpacked, withUnpacked } from './unpack-sample.ts'

/** A file to look at, and what is known of it. */
export interface SampledFile {
  readonly entity: string
  /** With its folder. */
  readonly path: string
  /** Settings of the place: its pattern and the like. */
  readonly arrival: readonly ProposedSetting[]
  readonly notes: readonly string[]
  readonly content: FileContent
}

/** Settings without which the files of an entity mean nothing; the others are optional. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  inventory: ['sku', 'quantity'],
  products: ['sku'],
  prices: ['sku', 'price'],
  images: ['sku', 'url'],
  fulfilments: ['order', 'sku', 'quantity', 'tracking'],
  acknowledgements: ['order', 'sku', 'quantity', 'status'],
}

/** Settings of columns with numbers, whose signs the settings `decimal` and `thousands` say. */
const NUMBERS: readonly string[] = ['quantity', 'on_hand', 'weight', 'price', 'cost']

/** Columns that identify something: a spreadsheet may have damaged them. */
const KEYS: readonly string[] = ['sku', 'order', 'tracking', 'shipment', 'parent', 'barcode']

/** Columns that make several rows of a SKU differ, by entity. */
const BESIDE_SKU: Readonly<Record<string, readonly string[]>> = {
  inventory: ['location'],
  prices: ['level', 'currency', 'quantity', 'valid_from', 'valid_to'],
}

/**
 * Looks through a file and proposes the settings that read it. Nothing is guessed: what the file does not show is
 * proposed as a comment that a person completes. Throws `source_data_invalid`.
 */
export async function proposeSettings(
  file: SampledFile,
  configured: FormatValues,
  words: RowWords,
): Promise<SettingsProposal> {
  return await withUnpacked({ content: file.content, zipped: configured.zipped }, words, async (unpacked) => {
    const form = await findForm(unpacked, configured, words)
    const rows = () => rowSource({ ...form.values, zipped: null }, file.entity)(unpacked.content, words.name, [])
    const names = await columnNames(rows())
    const likely = likelyColumns(file.entity, names)
    const sample = await sampleRows(rows(), names, keysOf(file.entity, likely))
    const found = { entity: file.entity, form, unpacked, names, likely, sample }
    const settings = [
      ...file.arrival,
      ...formSettings(found),
      ...columnSettings(found),
      ...signSettings(found),
      ...entitySettings(found),
    ]
    const notes = [...file.notes, ...formNotes(found), ...restNotes(found)]
    return { entity: file.entity, from: file.path, notes, settings }
  })
}

interface Found {
  readonly entity: string
  readonly form: FoundForm
  readonly unpacked: Unpacked
  readonly names: readonly string[]
  readonly likely: ReadonlyMap<string, LikelyColumn>
  readonly sample: RowsSample
}

function certain(name: string, value: unknown, comment: string | null = null): ProposedSetting {
  return { name, value, comment, isCertain: true }
}

function open(name: string, value: unknown, comment: string): ProposedSetting {
  return { name, value, comment, isCertain: false }
}

function keysOf(entity: string, likely: Found['likely']): readonly (readonly string[])[] {
  const sku = likely.get('sku')?.column
  if (sku === undefined) return []
  const beside = besideSku(entity, likely)
  return beside.length === 0 ? [[sku]] : [[sku], [sku, ...beside]]
}

function besideSku(entity: string, likely: Found['likely']): readonly string[] {
  return (BESIDE_SKU[entity] ?? []).flatMap((name) => likely.get(name)?.column ?? [])
}

/** Only what differs from the defaults. */
function formSettings({
  entity,
  form: { values, encoding },
  unpacked: { archive },
}: Found): readonly ProposedSetting[] {
  const { format, delimiter, quote, rows, lastLineBreak } = values
  const zipped = archive === null || archive.names.length < 2 ? [] : [archive]
  return [
    ...(format === 'csv' ? [] : [certain(`${entity}.format`, format)]),
    ...zipped.map(({ taken, names }) =>
      certain(`${entity}.zipped`, taken, `the archive has ${names.length} files: ${listed(names)}`),
    ),
    ...(encoding === null || encoding.setting === null
      ? []
      : [certain(`${entity}.encoding`, encoding.setting, encoding.note)]),
    ...(format === 'csv' && delimiter !== ',' ? [certain(`${entity}.delimiter`, delimiter)] : []),
    ...(format === 'csv' && quote !== '"' ? [certain(`${entity}.quote`, quote)] : []),
    ...(rows === null ? [] : [certain(`${entity}.rows`, rows)]),
    ...(lastLineBreak === 'required'
      ? []
      : [
          certain(
            `${entity}.lastLineBreak`,
            'optional',
            'its last line has no line break, so a file that was cut short may look whole',
          ),
        ]),
  ]
}

function columnSettings(found: Found): readonly ProposedSetting[] {
  const { entity, likely } = found
  return Object.keys(headerWords[entity] ?? {}).flatMap((use): readonly ProposedSetting[] => {
    const name = `${entity}.columns.${use}`
    const column = likely.get(use)
    if (column === undefined) {
      const isNeeded = NEEDED[entity]?.includes(use) === true
      return isNeeded ? [open(name, null, 'no column looks like it; choose one of those below')] : []
    }
    const comment = columnComment(found, use, column)
    // A file whose SKUs have one row each has no need of it, and would be held in memory.
    if (use === 'location' && !hasSeveralRows(found)) return [open(name, column.column, comment)]
    return [certain(name, column.column, comment)]
  })
}

function hasSeveralRows({ likely, sample }: Found): boolean {
  return (sample.repeated.get(keyName([likely.get('sku')?.column ?? ''])) ?? 0) > 0
}

function columnComment({ entity, sample }: Found, use: string, { column, others }: LikelyColumn): string {
  const cells = sample.columns.get(column)
  const isKey = KEYS.includes(use)
  return [
    ...(cells === undefined ? [] : [examplesOf(cells, column, entity, use)]),
    ...(cells !== undefined && cells.empty > 0 ? [`rows in which it is empty: ${cells.empty}`] : []),
    ...(cells !== undefined && isKey ? keyComments(cells) : []),
    ...(others.length === 0 ? [] : [`or ${listed(others)}`]),
  ].join('; ')
}

function keyComments({ leadingZeros, shortened, keyProblems }: ColumnSample): readonly string[] {
  return [
    ...(leadingZeros === 0 ? [] : [`with leading zeros, which are kept: ${leadingZeros}`]),
    ...(shortened === 0 ? [] : [`shortened by a spreadsheet, and refused: ${shortened}`]),
    ...(keyProblems.count === 0 ? [] : [`no certain keys: ${keyProblems.count}, the first: ${keyProblems.first}`]),
  ]
}

function examplesOf({ examples }: ColumnSample, column: string, entity: string, use: string | null): string {
  const shown = examples.map((value) => shownValue(value, column, entity, use))
  return shown.length === 0 ? 'always empty' : [...new Set(shown)].join(', ')
}

/** Signs are settings of all numbers of a file, so the columns must agree. */
function signSettings({ entity, likely, sample }: Found): readonly ProposedSetting[] {
  const signs = NUMBERS.flatMap((use) => {
    const column = likely.get(use)?.column
    const cells = column === undefined ? undefined : sample.columns.get(column)
    return cells === undefined || column === undefined ? [] : [{ column, ...cells.signs }]
  })
  const [decimal, thousands] = (['decimal', 'thousands'] as const).map((sign) => {
    return new Set(signs.flatMap((one) => one[sign] ?? []))
  })
  const conflict = signs.find((one) => one.conflict !== null)?.conflict
  const isMixed = [...(decimal ?? [])].some((sign) => thousands?.has(sign) === true)
  if (conflict != null || isMixed || (decimal?.size ?? 0) > 1 || (thousands?.size ?? 0) > 1) {
    const what =
      conflict == null
        ? 'its columns of numbers have different signs'
        : `numbers contradict each other: ${conflict.join(' and ')}`
    return [open(`${entity}.decimal`, null, `${what}; ask the vendor`)]
  }
  const [[point = null] = [], [group = null] = []] = [decimal, thousands].map((all) => [...(all ?? [])])
  const ambiguous = signs.find((one) => one.ambiguous !== null && !isShown(one.ambiguous, point, group))
  return [
    ...(point === null || point === '.' ? [] : [certain(`${entity}.decimal`, point)]),
    ...(group === null ? [] : [certain(`${entity}.thousands`, group)]),
    ...(ambiguous === undefined ? [] : ambiguousSettings(entity, ambiguous.column, ambiguous.ambiguous ?? '')),
  ]
}

/** Whether the sign in a number is known from another column. */
function isShown(text: string, ...known: readonly (string | null)[]): boolean {
  return known.some((sign) => sign !== null && /[.,]/.test(sign) && text.includes(sign))
}

function ambiguousSettings(entity: string, column: string, text: string): readonly ProposedSetting[] {
  const sign = text.includes('.') ? '.' : ','
  const comment = `${text} in ${JSON.stringify(column)} is a thousand and more, or a fraction: no number shows which; ask the vendor, then set decimal or thousands`
  return [open(`${entity}.decimal`, sign, comment), open(`${entity}.thousands`, sign, 'the other possibility')]
}

function entitySettings(found: Found): readonly ProposedSetting[] {
  switch (found.entity) {
    case 'inventory':
      return [...wordSettings(found), ...numericKeySettings(found)]
    case 'prices':
      return [...dateSettings(found), ...currencySettings(found), ...numericKeySettings(found)]
    case 'acknowledgements':
      return [...kindSettings(found), ...numericKeySettings(found)]
    default:
      return numericKeySettings(found)
  }
}

/** The numbers behind words are never guessed. */
function wordSettings({ entity, likely, sample }: Found): readonly ProposedSetting[] {
  const words = sample.columns.get(likely.get('quantity')?.column ?? '')?.words ?? new Map<string, number>()
  if (words.size === 0) return []
  const rows = [...words.values()].reduce((sum, count) => sum + count, 0)
  const value = Object.fromEntries([...words.keys()].map((word) => [word, null]))
  const comment = `rows with a text in place of a quantity: ${rows}; write the quantity of each after its colon`
  return [open(`${entity}.quantities`, value, comment)]
}

/** What a status means is never guessed. */
function kindSettings({ entity, likely, sample }: Found): readonly ProposedSetting[] {
  const words = [...(sample.columns.get(likely.get('status')?.column ?? '')?.words.keys() ?? [])]
  if (words.length === 0) return []
  const value = Object.fromEntries(words.map((word) => [word, null]))
  return [open(`${entity}.kinds`, value, `what each status means: ${rowKinds.join(', ')}; write it after its colon`)]
}

function numericKeySettings({ entity, form, likely, sample }: Found): readonly ProposedSetting[] {
  if (form.values.format !== 'xlsx') return []
  const count = KEYS.reduce(
    (sum, use) => sum + (sample.columns.get(likely.get(use)?.column ?? '')?.keyProblems.count ?? 0),
    0,
  )
  if (count === 0) return []
  const comment = `keys that are numbers, and refused: ${count}; better format the column as text at the vendor. Only if no key ever has leading zeros`
  return [open(`${entity}.numericKeys`, 'accepted', comment)]
}

function dateSettings({ entity, likely, sample }: Found): readonly ProposedSetting[] {
  const texts = ['valid_from', 'valid_to'].flatMap((use) => {
    const cells = sample.columns.get(likely.get(use)?.column ?? '')
    return [...(cells?.words.keys() ?? []), ...(cells?.examples ?? [])]
  })
  if (texts.length === 0) return []
  const fitting = dateForms.filter((form) => texts.every((text) => dayParser(form)(text) !== null))
  const [form] = fitting
  const name = `${entity}.dates`
  if (form === undefined) return [open(name, null, `dates have none of the forms ${dateForms.join(', ')}`)]
  if (fitting.length > 1)
    return [open(name, form, `or ${fitting.slice(1).join(', ')}: no date shows which; ask the vendor`)]
  return form === 'yyyy-MM-dd' ? [] : [certain(name, form)]
}

function currencySettings({ entity, likely }: Found): readonly ProposedSetting[] {
  if (likely.has('currency')) return []
  return [open(`${entity}.currency`, null, 'no column has the currency; write its code of ISO 4217, such as EUR')]
}

function formNotes({ form: { values, encoding, notes }, sample, unpacked }: Found): readonly string[] {
  const rows = `rows: ${sample.isPart ? 'more than ' : ''}${sample.rows}`
  const packing = unpacked.archive === null ? '' : `, ${unpacked.archive.taken} in a ZIP archive`
  return [
    `${values.format}${packing}, ${rows}${encoding === null ? '' : `, encoding: ${encoding.note}`}`,
    ...(sample.odd === 0
      ? []
      : [`rows that can't be read, for example because they have another number of cells: ${sample.odd}`]),
    ...notes,
  ]
}

function restNotes({ entity, names, likely, sample }: Found): readonly string[] {
  const used = new Set([...likely.values()].map(({ column }) => column))
  const rest = names.filter((name) => !used.has(name))
  const sku = likely.get('sku')?.column
  return [
    ...(sku === undefined ? [] : repeatedNotes(entity, sku, besideSku(entity, likely), sample)),
    ...rest.map((name) => {
      const cells = sample.columns.get(name)
      return `other column ${JSON.stringify(name.slice(0, 60))}: ${cells === undefined ? '' : examplesOf(cells, name, entity, null)}`
    }),
  ]
}

function repeatedNotes(entity: string, sku: string, beside: readonly string[], sample: RowsSample): readonly string[] {
  const repeated = sample.repeated.get(keyName([sku])) ?? 0
  if (repeated === 0 || OF_ORDERS.includes(entity)) return []
  const together = beside.length === 0 ? repeated : (sample.repeated.get(keyName([sku, ...beside])) ?? repeated)
  const what = `rows with the SKU of an earlier row: ${repeated}`
  return together === 0
    ? [`${what}; they differ in ${listed(beside)}`]
    : [
        `${what}; of these, ${together} differ in nothing that the settings know, and are refused: find the column that tells them apart`,
      ]
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => JSON.stringify(name.slice(0, 60)))
  return shown.join(', ') + (names.length > shown.length ? ` and ${names.length - shown.length} more` : '')
}
