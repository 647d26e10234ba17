import { type FileWords, fileError } from '../kit/file-errors.ts'
import { readOfficeXml } from './office-xml.ts'

/** Texts that cells of a workbook share are held in memory. */
const MOST_TEXTS = 2_000_000

/** The texts that cells name by number; null: the workbook has none. */
export async function readSharedTexts(
  bytes: AsyncIterable<Buffer> | null,
  words: FileWords,
): Promise<readonly string[]> {
  const texts: string[] = []
  if (bytes === null) return texts
  const text = textCollector()
  const listener = {
    ...text,
    close(name: string) {
      text.close(name)
      if (name !== 'si') return
      if (texts.length === MOST_TEXTS) {
        throw fileError(words, `it has more than ${MOST_TEXTS} different texts; deliver CSV, or split it`)
      }
      texts.push(text.take())
    },
  }
  await readOfficeXml(bytes, listener, words)
  return texts
}

/** Collects the text of a cell: its runs in order, without hints of pronunciation. */
export function textCollector() {
  let collected = ''
  let isText = false
  let hints = 0
  return {
    open(name: string) {
      if (name === 'rPh') hints += 1
      if (name === 't') isText = true
    },
    text(more: string) {
      if (isText && hints === 0) collected += more
    },
    close(name: string) {
      if (name === 'rPh') hints -= 1
      if (name === 't') isText = false
    },
    take(): string {
      const text = unescaped(collected)
      collected = ''
      return text
    },
  }
}

/** Characters that XML can't have are written as `_x000D_` (ST_Xstring). */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replaceAll(/_x([\da-f]{4})_/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
