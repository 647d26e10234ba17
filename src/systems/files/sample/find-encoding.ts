import { TextDecoder } from 'node:util'
import { encodingOf } from '../../kit/decode-text.ts'

export interface FoundEncoding {
  /** For the setting; null: the reader finds it too. */
  readonly setting: string | null
  readonly note: string
}

const HEAD = 4096
/** Byte order marks. */
const MARKS = ['efbbbf', 'fffe', 'feff']
/** Share of zero bytes at one of two places that only a text in two-byte characters has. */
const MOST_ZEROS = 0.3

/** The encoding of a text: as it is marked, else UTF-8 if all of it is, else the most common one of one byte. */
export async function findEncoding(bytes: AsyncIterable<Buffer>): Promise<FoundEncoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let head = Buffer.alloc(0)
  let isUtf8 = true
  for await (const chunk of bytes) {
    if (head.length < HEAD) head = Buffer.concat([head, chunk.subarray(0, HEAD)])
    isUtf8 &&= decodes(decoder, chunk)
    if (!isUtf8 && head.length >= HEAD) break
  }
  const marked = encodingOf(head.subarray(0, 200), null)
  const isMarked = MARKS.some((mark) => head.toString('hex', 0, 3).startsWith(mark))
  if (isMarked) return { setting: null, note: `${marked}, as its first bytes say` }
  const wide = wideEncoding(head)
  if (wide !== null) return { setting: wide, note: `${wide}, by its zero bytes; it has no byte order mark` }
  if (marked !== 'utf-8') return { setting: null, note: `${marked}, as its XML declaration says` }
  if (isUtf8 && ends(decoder)) return { setting: null, note: 'UTF-8' }
  const note = 'it is not UTF-8, and nothing in it says what it is; check words with accents in it, and ask the vendor'
  return { setting: 'windows-1252', note }
}

function decodes(decoder: TextDecoder, chunk: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: true })
    return true
  } catch {
    return false
  }
}

function ends(decoder: TextDecoder): boolean {
  try {
    decoder.decode()
    return true
  } catch {
    return false
  }
}

/** Null: it has no zero bytes where a text of two-byte characters has them. */
function wideEncoding(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  const pairs = Math.floor(head.length / 2)
  if (pairs === 0) return null
  const zeros = [0, 0]
  for (let at = 0; at < pairs * 2; at += 1) if (head[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros.map((count) => count / pairs)
  if (odd > MOST_ZEROS && even < odd / 2) return 'utf-16le'
  return even > MOST_ZEROS && odd < even / 2 ? 'utf-16be' : null
}
