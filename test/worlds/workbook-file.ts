import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

/** A cell as a workbook stores it: text, a number, or the attributes and content of its element. */
export type StoredCell = string | number | null | { readonly attributes: string; readonly content: string }

export interface WorkbookOptions {
  /** Sheets by name; by default one, with the rows. */
  readonly sheets?: Readonly<Record<string, readonly (readonly StoredCell[])[]>>
  readonly hidden?: readonly string[]
  /** Codes of formats, by the style that cells name from 1 on. */
  readonly formats?: readonly string[]
  /** Formats of tables and conditions, which have numbers of their own. */
  readonly differential?: readonly { readonly id: number; readonly code: string }[]
  readonly date1904?: boolean
  /** Whether texts are shared, as Excel writes them, or in their cells. */
  readonly shared?: boolean
  /** The XML of a sheet in place of the one made of its rows. */
  readonly sheetXml?: string
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const TYPES = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** Writes a workbook as Office Open XML says (ECMA-376, part 1, 18). */
export async function workbookFile(
  rows: readonly (readonly StoredCell[])[],
  {
    sheets = { Stock: rows },
    hidden = [],
    formats = [],
    differential = [],
    date1904 = false,
    shared = true,
    sheetXml,
  }: WorkbookOptions = {},
): Promise<Buffer> {
  const names = Object.keys(sheets)
  const texts: string[] = []
  const sheetOf = (own: readonly (readonly StoredCell[])[]) =>
    sheetXml ??
    `<worksheet xmlns="${MAIN}"><sheetData>${own.map((cells, at) => rowXml(cells, at + 1, shared ? texts : null)).join('')}</sheetData></worksheet>`
  const parts: Record<string, string> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    '_rels/.rels': linksXml([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${TYPES}"><workbookPr date1904="${date1904}"/><sheets>${names
      .map(
        (name, at) =>
          `<sheet name="${escaped(name)}" sheetId="${at + 1}" r:id="r${at + 1}" ${hidden.includes(name) ? 'state="hidden"' : ''}/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': linksXml([
      ...names.map((_, at) => ['worksheet', `worksheets/sheet${at + 1}.xml`] as const),
      ['styles', 'styles.xml'],
      ['sharedStrings', '/xl/sharedStrings.xml'],
    ]),
    'xl/styles.xml': `<styleSheet xmlns="${MAIN}"><numFmts>${formats
      .map((code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${escaped(code)}"/>`)
      .join(
        '',
      )}</numFmts><cellXfs><xf numFmtId="0"/>${formats.map((_, at) => `<xf numFmtId="${164 + at}"/>`).join('')}</cellXfs><dxfs>${differential.map(({ id, code }) => `<dxf><numFmt numFmtId="${id}" formatCode="${code}"/></dxf>`).join('')}</dxfs></styleSheet>`,
  }
  for (const [at, name] of names.entries()) parts[`xl/worksheets/sheet${at + 1}.xml`] = sheetOf(sheets[name] ?? [])
  parts['xl/sharedStrings.xml'] =
    `<sst xmlns="${MAIN}">${texts.map((one) => `<si><t xml:space="preserve">${escaped(one)}</t><rPh sb="0" eb="1"><t>hint</t></rPh></si>`).join('')}</sst>`
  return await zipOf(parts)
}

export async function zipOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return await buffer(zip.outputStream)
}

function rowXml(cells: readonly StoredCell[], number: number, texts: string[] | null): string {
  const all = cells.map((cell, column) => {
    const at = `${String.fromCharCode(65 + column)}${number}`
    if (cell === null) return ''
    if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`
    if (typeof cell === 'object') return `<c r="${at}" ${cell.attributes}>${cell.content}</c>`
    if (texts === null) return `<c r="${at}" t="inlineStr"><is><r><t>${escaped(cell)}</t></r></is></c>`
    texts.push(cell)
    return `<c r="${at}" t="s"><v>${texts.length - 1}</v></c>`
  })
  return `<row r="${number}">${all.join('')}</row>`
}

function linksXml(links: readonly (readonly [string, string])[]): string {
  const all = links.map(
    ([type, target], at) => `<Relationship Id="r${at + 1}" Type="${TYPES}/${type}" Target="${target}"/>`,
  )
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join('')}</Relationships>`
}

/** With the escapes of characters that XML can't have, and of texts that look like one. */
function escaped(text: string): string {
  return text
    .replaceAll(/_(?=x[\da-f]{4}_)/gi, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
}
