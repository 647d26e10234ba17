import { TextDecoder } from 'node:util'
import { StreamError } from '../../errors.ts'
import type { FileWords } from './file-errors.ts'
import { peek } from './unpack.ts'

/** The encoding declaration of an XML document. */
const XML_ENCODING = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/
const HEAD = 200

export interface Encoding {
  /** Encoding that is configured; null: none. */
  readonly setting: string | null
  /** Content-Type of the answer; null: none. */
  readonly contentType: string | null
  readonly words: FileWords
}

/**
 * Decodes bytes to text. The encoding comes from the settings, else from the byte order mark, the charset of the
 * Content-Type or the XML declaration; default UTF-8. Throws `source_data_invalid` for bytes that are invalid in the
 * encoding, instead of replacing them by question marks.
 */
export async function* decoded(
  bytes: AsyncIterable<Buffer>,
  { setting, contentType, words }: Encoding,
): AsyncGenerator<string> {
  const { head, all } = await peek(bytes, HEAD)
  const encoding = setting ?? encodingOf(Buffer.concat(head).subarray(0, HEAD), contentType)
  const decoder = decoderOf(encoding, words)
  try {
    for await (const chunk of all) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    const way = `set settings.${words.encodingSetting} to its encoding, for example latin1`
    throw new StreamError('source_data_invalid', `${words.what} is not encoded as ${encoding}: ${way}`, { cause })
  }
}

/** The encoding that the first bytes of a file, or the answer it came with, declare; default UTF-8. */
export function encodingOf(head: Buffer, contentType: string | null): string {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (head[0] !== 0 && head[1] === 0 && head[3] === 0) return 'utf-16le'
  if (head[0] === 0 && head[1] !== 0 && head[2] === 0) return 'utf-16be'
  const charset = /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? '')?.[1]
  const declared = XML_ENCODING.exec(head.toString('latin1'))?.[1]
  // A declaration that is readable as ASCII can't be in a two-byte encoding, whatever it declares.
  const [encoding] = [charset, declared].filter(
    (name) => name !== undefined && !/^(utf-?16|utf-?32|ucs-?[24])/i.test(name),
  )
  return encoding ?? 'utf-8'
}

function decoderOf(encoding: string, { what, encodingSetting }: FileWords): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch (cause) {
    const message = `${what}: the encoding "${encoding}" is not supported; set settings.${encodingSetting}`
    throw new StreamError('source_data_invalid', message, { cause })
  }
}
