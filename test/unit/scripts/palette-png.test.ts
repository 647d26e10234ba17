import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { palettePng, pixelsOf } from '../../../scripts/palette-png.ts'

/** A PNG as browsers draw it: each row with one of the five filters. */
function png(width: number, rows: readonly (readonly number[])[]): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(name), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length)
    ends.writeUInt32BE(crc32(named), 4)
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)])
  }
  const head = Buffer.from([0, 0, 0, width, 0, 0, 0, rows.length, 8, 2, 0, 0, 0])
  const plain = rows.map((row) => row.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]))
  const filtered = plain.flatMap((row, index) => {
    const filter = index % 5
    const at = (line: readonly number[] | undefined, place: number) => (place < 0 ? 0 : (line?.[place] ?? 0))
    const bytes = row.map((value, place) => {
      const [left, up, corner] = [at(row, place - 3), at(plain[index - 1], place), at(plain[index - 1], place - 3)]
      return (value - ([0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0)) & 255
    })
    return [filter, ...bytes]
  })
  const body = [chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.from(filtered))), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...body])
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const nearest = [left, up, corner].toSorted((a, b) => Math.abs(guess - a) - Math.abs(guess - b))[0]
  return nearest ?? 0
}

it('keeps every pixel of a picture with few colors', () => {
  const color = fc.constantFrom(0x0b6e53, 0xffffff, 0x141a24, 0xf6f7f9, 0xb8271b)
  const rows = fc.array(fc.array(color, { minLength: 7, maxLength: 7 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(rows, (wanted) => {
      const drawn = pixelsOf(palettePng(png(7, wanted)))
      expect([drawn.width, drawn.height, [...drawn.colors]]).toEqual([7, wanted.length, wanted.flat()])
    }),
  )
})

it('replaces what is one color too many by the nearest', () => {
  const greys = Array.from({ length: 200 }, (_, index) => index * 0x010101)
  const greens = Array.from({ length: 200 }, (_, index) => index << 8)
  const { colors } = pixelsOf(palettePng(png(200, [greys, greys, greens])))
  expect(new Set(colors).size).toBeLessThanOrEqual(256)
  const far = [...greys, ...greys, ...greens].filter((wanted, index) => {
    const [red, green, blue] = [16, 8, 0].map(
      (shift) => ((wanted >> shift) & 255) - (((colors[index] ?? 0) >> shift) & 255),
    )
    return Math.hypot(red ?? 0, green ?? 0, blue ?? 0) > 12
  })
  expect(far).toEqual([])
})
