import type { FileWords } from '../kit/file-errors.ts'
import { fileError } from '../kit/file-errors.ts'
import type { CellForms } from './cell-forms.ts'
import { readCellForms } from './cell-forms.ts'
import { readOfficeXml } from './office-xml.ts'
import { readSharedTexts } from './shared-texts.ts'
import type { Archive } from './zip-archive.ts'

/** Largest part of a workbook that is held in memory: its texts, and any other one. */
const MOST_TEXT_BYTES = 256 * 1024 ** 2
const MOST_PART_BYTES = 32 * 1024 ** 2
const MOST_SHEETS = 1000

/** What a workbook says of all its sheets. */
export interface Workbook {
  /** Path in the archive of the sheet that has the rows. */
  readonly sheet: string
  readonly texts: readonly string[]
  readonly forms: CellForms
}

interface Sheet {
  readonly name: string
  readonly id: string
  readonly isHidden: boolean
}

/** Links of a part: their targets by id, and by the last word of their type. */
interface Links {
  readonly byId: ReadonlyMap<string, string>
  readonly byType: ReadonlyMap<string, string>
}

/**
 * Opens a workbook (ECMA-376, Office Open XML). `sheetName`: the sheet of the rows; null: the only visible one. Throws
 * `source_data_invalid` if it is no workbook or has no such sheet.
 */
export async function openWorkbook(
  archive: Archive,
  sheetName: string | null,
  words: FileWords,
  settingsOf: string,
): Promise<Workbook> {
  const top = await linksOf(archive, '', '_rels/.rels', words)
  const path = top?.byType.get('officeDocument')
  const folder = path?.slice(0, path.lastIndexOf('/') + 1) ?? ''
  const links =
    path === undefined
      ? null
      : await linksOf(archive, folder, `${folder}_rels/${path.slice(folder.length)}.rels`, words)
  if (path === undefined || links === null) throw fileError(words, 'it is a ZIP file, but no Excel workbook (.xlsx)')
  const { sheets, isFrom1904 } = await readWorkbook(archive, path, words)
  const sheet = links.byId.get(chosen(sheets, sheetName, words, settingsOf).id)
  if (sheet === undefined) throw fileError(words, 'its workbook does not say where its sheet is')
  const part = (type: string, most: number) => {
    const name = links.byType.get(type)
    return name !== undefined && archive.names.includes(name) ? archive.read(name, most) : null
  }
  return {
    sheet,
    texts: await readSharedTexts(part('sharedStrings', MOST_TEXT_BYTES), words),
    forms: await readCellForms(part('styles', MOST_PART_BYTES), isFrom1904, words),
  }
}

async function readWorkbook(archive: Archive, path: string, words: FileWords) {
  const sheets: Sheet[] = []
  let isFrom1904 = false
  const open = (name: string, attributes: Readonly<Record<string, string>>) => {
    if (name === 'workbookPr') isFrom1904 = /^(?:1|true)$/.test(attributes['date1904'] ?? '')
    if (name !== 'sheet') return
    if (sheets.length === MOST_SHEETS) throw fileError(words, `it has more than ${MOST_SHEETS} sheets`)
    const id = Object.entries(attributes).find(([one]) => one.endsWith(':id'))?.[1] ?? ''
    const state = attributes['state'] ?? 'visible'
    sheets.push({ name: attributes['name'] ?? '', id, isHidden: state !== 'visible' })
  }
  await readOfficeXml(archive.read(path, MOST_PART_BYTES), { open, text: ignore, close: ignore }, words)
  return { sheets, isFrom1904 }
}

function chosen(sheets: readonly Sheet[], name: string | null, words: FileWords, settingsOf: string): Sheet {
  const visible = sheets.filter(({ isHidden }) => !isHidden)
  const [first] = visible
  const found = name === null ? (visible.length === 1 ? first : undefined) : sheets.find((one) => one.name === name)
  if (found !== undefined) return found
  const has = sheets.map((one) => JSON.stringify(one.name.slice(0, 40))).join(', ')
  const setting = `settings.${settingsOf}.sheet`
  const what = name === null ? `it has ${visible.length} visible sheets` : `it has no sheet ${JSON.stringify(name)}`
  throw fileError(words, `${what}; set ${setting} to one of ${has.slice(0, 400)}`, setting)
}

/** Null: there are none. */
async function linksOf(archive: Archive, folder: string, path: string, words: FileWords): Promise<Links | null> {
  if (!archive.names.includes(path)) return null
  const [byId, byType] = [new Map<string, string>(), new Map<string, string>()]
  const open = (name: string, attributes: Readonly<Record<string, string>>) => {
    const target = attributes['Target'] ?? ''
    if (name !== 'Relationship' || attributes['TargetMode'] === 'External') return
    const at = target.startsWith('/') ? target.slice(1) : `${folder}${target}`
    byId.set(attributes['Id'] ?? '', at)
    const type = attributes['Type'] ?? ''
    byType.set(type.slice(type.lastIndexOf('/') + 1), at)
  }
  await readOfficeXml(archive.read(path, MOST_PART_BYTES), { open, text: ignore, close: ignore }, words)
  return { byId, byType }
}

const ignore = () => undefined
