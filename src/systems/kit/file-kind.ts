/** First bytes of files that are not text, and their type. */
const KINDS: readonly (readonly [string, string])[] = [
  ['PK\x03\x04', 'a ZIP file'],
  ['PK\x05\x06', 'a ZIP file without a file in it'],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook (.xls)'],
  ['%PDF-', 'a PDF document'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['BZh', 'packed with bzip2'],
  ['\xfd7zXZ', 'packed with xz'],
  ['\x28\xb5\x2f\xfd', 'packed with zstd'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['\x89PNG', 'a PNG image'],
  ['GIF8', 'a GIF image'],
]

/** Files in a workbook's ZIP; one of them comes first. */
const WORKBOOK = /\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/|mimetype/

/** Number of first bytes needed to recognize a file type. */
export const KIND_BYTES = 100

/** The type of a non-text file by its first bytes; null if it is not known. */
export function kindOf(head: Buffer): string | null {
  const begin = head.subarray(0, KIND_BYTES).toString('latin1')
  const kind = KINDS.find(([magic]) => begin.startsWith(magic))?.[1] ?? null
  return kind === 'a ZIP file' && WORKBOOK.test(begin) ? 'an Excel workbook (.xlsx)' : kind
}
