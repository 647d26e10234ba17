import { SaxesParser } from 'saxes'
import { StreamError } from '../../errors.ts'
import { decoded } from '../kit/decode-text.ts'
import { type FileWords, fileCutShortError, fileError } from '../kit/file-errors.ts'
import { LONGEST_ROW } from '../kit/row-limits.ts'

/** What a reader of XML wants to know; names are without their prefix. */
export interface XmlListener {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  text(text: string): void
  close(name: string): void
}

/**
 * Tells a listener the elements of an XML file of a workbook, chunk by chunk; yields after each, so that what the
 * listener has found can be taken. A document type is refused. Throws `source_data_invalid` for incomplete XML.
 */
export async function* officeXml(
  bytes: AsyncIterable<Buffer>,
  listener: XmlListener,
  words: FileWords,
): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false })
  let lastEnd = 0
  const assertBounded = () => {
    if (parser.position - lastEnd <= LONGEST_ROW) return
    throw fileError(words, `it has more than ${LONGEST_ROW} characters in one text or tag`)
  }
  const step = (work: () => void) => {
    assertBounded()
    lastEnd = parser.position
    work()
  }
  parser.on('doctype', () => {
    throw fileError(words, 'its XML has a document type, which no spreadsheet writes')
  })
  parser.on('opentag', ({ name, attributes }) => step(() => listener.open(plain(name), attributes)))
  parser.on('text', (text) => step(() => listener.text(text)))
  parser.on('cdata', (text) => step(() => listener.text(text)))
  parser.on('closetag', ({ name }) => step(() => listener.close(plain(name))))
  const failing = (work: () => void) => {
    try {
      work()
    } catch (cause) {
      if (cause instanceof StreamError) throw cause
      throw fileCutShortError(words, `its XML is not complete: ${cause instanceof Error ? cause.message : ''}`, cause)
    }
  }
  for await (const chunk of decoded(bytes, { setting: null, contentType: null, words })) {
    failing(() => void parser.write(chunk))
    assertBounded()
    yield
  }
  failing(() => void parser.close())
  yield
}

/** As `officeXml`, to its end. */
export async function readOfficeXml(
  bytes: AsyncIterable<Buffer>,
  listener: XmlListener,
  words: FileWords,
): Promise<void> {
  for await (const _ of officeXml(bytes, listener, words));
}

function plain(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
