import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { type ConnectableSystem, settingError } from '../kit/configured-system.ts'
import type { MailboxValues } from './settings.ts'

/** Larger pictures make e-mails that mail servers refuse. */
const MOST_BYTES = 500_000
const MOST_PIXELS = 4_000_000

/**
 * The seller's logo; null: none is set. Throws `configuration_invalid` for a file that is not there, not a PNG or JPEG,
 * or damaged: it is looked through before the PDF library reads it, which would end the process.
 */
export async function readLogo(
  system: Pick<ConnectableSystem<MailboxValues>, 'id' | 'settings'>,
  root: string | null,
): Promise<Buffer | null> {
  const { logo } = system.settings
  if (logo === null) return null
  const wrong = (problem: string) => settingError(system, 'mailbox', 'settings.logo', problem)
  if (root === null) throw wrong('is a file of this machine; the operator has to set FILES_ROOT')
  const content = await contentOf(join(root, logo))
  if (content === null) throw wrong(`is not a file in ${root}`)
  if (content.length > MOST_BYTES) throw wrong(`is larger than ${MOST_BYTES / 1000} kB`)
  if (isJpeg(content) || isWholePng(content)) return content
  throw wrong('is not a PNG (not interlaced) or JPEG picture that can be read')
}

/** Null: it is not there, or not a file: no link is followed. */
async function contentOf(path: string): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null)
  if (file === null) return null
  try {
    const status = await file.stat()
    if (!status.isFile()) return null
    return status.size > MOST_BYTES ? Buffer.alloc(MOST_BYTES + 1) : await file.readFile()
  } finally {
    await file.close()
  }
}

/** With a size, which the library needs: a frame header before the data. */
function isJpeg(content: Buffer): boolean {
  if (content.length < 4 || content.readUInt16BE(0) !== 0xffd8) return false
  for (let at = 2; at + 9 < content.length; ) {
    const marker = content.readUInt16BE(at)
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return isBounded(content.readUInt16BE(at + 7), content.readUInt16BE(at + 5))
    }
    if (marker < 0xff00) return false
    at += 2 + content.readUInt16BE(at + 2)
  }
  return false
}

const isBounded = (width: number, height: number) => width > 0 && height > 0 && width * height <= MOST_PIXELS

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const BIT_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8],
  2: [8],
  3: [1, 2, 4, 8],
  4: [8],
  6: [8],
}
const LAST_FILTER = 4

/** Its data has exactly the rows that its header says (PNG specification, sections 5 and 9). */
function isWholePng(content: Buffer): boolean {
  if (content.length < 33 || !content.subarray(0, 8).equals(PNG)) return false
  const [width, height] = [content.readUInt32BE(16), content.readUInt32BE(20)]
  const [depth = 0, color = 0, , , interlace] = content.subarray(24, 29)
  if (!isBounded(width, height) || interlace !== 0 || BIT_DEPTHS[color]?.includes(depth) !== true) return false
  const chunks = pngChunks(content)
  if (chunks === null || (color === 3 && !chunks.some(({ type }) => type === 'PLTE'))) return false
  const data = Buffer.concat(chunks.flatMap(({ type, data: own }) => (type === 'IDAT' ? [own] : [])))
  const rowBytes = 1 + Math.ceil((width * depth * (SAMPLES[color] ?? 0)) / 8)
  try {
    const rows = inflateSync(data, { maxOutputLength: rowBytes * height + 1 })
    if (rows.length !== rowBytes * height) return false
    return Array.from({ length: height }, (_, row) => rows[row * rowBytes] ?? 0).every(
      (filter) => filter <= LAST_FILTER,
    )
  } catch {
    return false
  }
}

/** Null: one of them is cut off, or the end is missing. */
function pngChunks(content: Buffer): readonly { readonly type: string; readonly data: Buffer }[] | null {
  const chunks: { type: string; data: Buffer }[] = []
  for (let at = 8; at + 12 <= content.length; ) {
    const length = content.readUInt32BE(at)
    const type = content.toString('latin1', at + 4, at + 8)
    if (at + 12 + length > content.length) return null
    chunks.push({ type, data: content.subarray(at + 8, at + 8 + length) })
    if (type === 'IEND') return chunks
    at += 12 + length
  }
  return null
}
