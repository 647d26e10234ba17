import { crc32, deflateSync } from 'node:zlib'

/** An image file and its media type. */
export interface TinyImage {
  type: string
  bytes: Buffer
}

/**
 * A valid picture of one gray pixel, PNG for `.png`, otherwise JPEG. Contains `name`, so that no two files are equal.
 */
export function tinyImage(name: string): TinyImage {
  return name.toLowerCase().endsWith('.png')
    ? { type: 'image/png', bytes: tinyPng(name) }
    : { type: 'image/jpeg', bytes: tinyJpeg(name) }
}

function tinyPng(name: string): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  const comment = Buffer.concat([Buffer.from('Comment\0'), latin1(name)])
  const pixel = deflateSync(Buffer.from([0, 128]))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const chunks = [pngChunk('IHDR', header), pngChunk('tEXt', comment), pngChunk('IDAT', pixel)]
  return Buffer.concat([signature, ...chunks, pngChunk('IEND', Buffer.alloc(0))])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** Baseline, one component, both Huffman tables with the single code `0`: no difference, end of block. */
function tinyJpeg(name: string): Buffer {
  const oneCode = (table: number) => jpegSegment(0xc4, [table, 1, ...Array<number>(15).fill(0), 0])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    jpegSegment(0xfe, [...latin1(name)]),
    jpegSegment(0xdb, [0, ...Array<number>(64).fill(16)]),
    jpegSegment(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
    oneCode(0x00),
    oneCode(0x10),
    jpegSegment(0xda, [1, 1, 0, 0, 63, 0]),
    Buffer.from([0b0011_1111, 0xff, 0xd9]),
  ])
}

function jpegSegment(marker: number, data: readonly number[]): Buffer {
  const length = data.length + 2
  return Buffer.from([0xff, marker, length >> 8, length & 0xff, ...data])
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1').subarray(0, 1000)
}
