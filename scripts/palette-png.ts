import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** Maximum colors of a picture with one byte per pixel. */
const MOST = 256
/** Colors this close can't be distinguished. */
const NEAR = 10
const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])

interface Pixels {
  readonly width: number
  readonly height: number
  /** 0xRRGGBB, row by row. */
  readonly colors: Uint32Array
}

/**
 * Reduces the picture to at most 256 colors, a third of its size: a page of text and areas has few colors, and those
 * in between are replaced by the nearest. `png`: as browsers draw it, eight bits per channel, not interlaced.
 */
export function palettePng(png: Buffer): Buffer {
  const { width, height, colors } = pixelsOf(png)
  const palette = paletteOf(colors)
  const places = new Map(palette.map((color, place) => [color, place]))
  const rows = Buffer.alloc((width + 1) * height)
  for (let index = 0; index < colors.length; index += 1) {
    const color = colors[index] ?? 0
    const place = places.get(color) ?? nearest(palette, color)
    places.set(color, place)
    rows[Math.floor(index / width) * (width + 1) + 1 + (index % width)] = place
  }
  const head = Buffer.from(chunksOf(png).get('IHDR') ?? [])
  head.set([8, 3], 8)
  const plte = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]))
  const chunks = [chunk('IHDR', head), chunk('PLTE', plte), chunk('IDAT', deflateSync(rows, { level: 9 }))]
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))])
}

/** The pixels of a PNG without transparency, or with a palette of this file. */
export function pixelsOf(png: Buffer): Pixels {
  const chunks = chunksOf(png)
  const head = chunks.get('IHDR') ?? Buffer.alloc(13)
  const [width, height, depth, kind] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9]]
  const size = { 2: 3, 3: 1, 6: 4 }[kind ?? 0]
  if (!png.subarray(0, 8).equals(SIGNATURE) || depth !== 8 || size === undefined || head[12] !== 0) {
    throw new Error('must be a non-interlaced PNG with eight bits per channel')
  }
  const bytes = unfiltered(inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0)), width * size, size)
  const palette = chunks.get('PLTE')
  const from = palette ?? bytes
  const colors = new Uint32Array(width * height)
  for (let index = 0; index < colors.length; index += 1) {
    const place = palette === undefined ? index * size : (bytes[index] ?? 0) * 3
    colors[index] = ((from[place] ?? 0) << 16) | ((from[place + 1] ?? 0) << 8) | (from[place + 2] ?? 0)
  }
  return { width, height, colors }
}

/** By name; chunks with the same name are joined. */
function chunksOf(png: Buffer): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (let at = SIGNATURE.length; at < png.length; ) {
    const size = png.readUInt32BE(at)
    const name = png.toString('latin1', at + 4, at + 8)
    found.set(name, Buffer.concat([found.get(name) ?? Buffer.alloc(0), png.subarray(at + 8, at + 8 + size)]))
    at += size + 12
  }
  return found
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  size.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([size, named, sum])
}

/** Undoes PNG filters: each byte is stored relative to the one before it, the one above, or both. */
function unfiltered(data: Buffer, rowBytes: number, pixelBytes: number): Buffer {
  const height = data.length / (rowBytes + 1)
  const bytes = Buffer.alloc(rowBytes * height)
  for (let row = 0; row < height; row += 1) {
    const filter = data[row * (rowBytes + 1)] ?? 0
    for (let column = 0; column < rowBytes; column += 1) {
      const at = row * rowBytes + column
      const left = column < pixelBytes ? 0 : (bytes[at - pixelBytes] ?? 0)
      const above = row === 0 ? 0 : (bytes[at - rowBytes] ?? 0)
      const corner = row === 0 || column < pixelBytes ? 0 : (bytes[at - rowBytes - pixelBytes] ?? 0)
      bytes[at] = (data[row * (rowBytes + 1) + 1 + column] ?? 0) + said(filter, left, above, corner)
    }
  }
  return bytes
}

function said(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return above
  if (filter === 3) return (left + above) >> 1
  if (filter !== 4) return 0
  const guess = left + above - corner
  const [toLeft, toAbove, toCorner] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)]
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

/** The most frequent colors, without colors that are close to an earlier one. */
function paletteOf(colors: Uint32Array): readonly number[] {
  const counts = new Map<number, number>()
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1)
  const byCount = [...counts].toSorted(([, a], [, b]) => b - a).map(([color]) => color)
  if (byCount.length <= MOST) return byCount
  const palette: number[] = []
  for (const color of byCount) {
    if (palette.length === MOST) break
    if (palette.every((one) => distance(one, color) > NEAR)) palette.push(color)
  }
  return palette
}

function nearest(palette: readonly number[], color: number): number {
  const distances = palette.map((one) => distance(one, color))
  return distances.indexOf(Math.min(...distances))
}

function distance(one: number, other: number): number {
  const of = (shift: number) => ((one >> shift) & 255) - ((other >> shift) & 255)
  return of(16) ** 2 + of(8) ** 2 + of(0) ** 2
}
