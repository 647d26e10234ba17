/** What a file that is no feed begins with, and what it is. */
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

/** Files in the ZIP of a workbook, of which one comes first. */
const WORKBOOK = /\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/|mimetype/

/** Bytes of the beginning that tell a file from others. */
export const KIND_BYTES = 100

/** What a file is that is no text, by its first bytes; null: nothing that is known. */
export function kindOf(head: Buffer): string | null {
  const begin = head.subarray(0, KIND_BYTES).toString('latin1')
  const kind = KINDS.find(([magic]) => begin.startsWith(magic))?.[1] ?? null
  return kind === 'a ZIP file' && WORKBOOK.test(begin) ? 'an Excel workbook (.xlsx)' : kind
}
