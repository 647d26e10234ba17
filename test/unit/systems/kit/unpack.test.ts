import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { feedWords } from '../../../../src/systems/image-feed/record.ts'
import { decoded } from '../../../../src/systems/kit/decode-text.ts'
import { unpacked } from '../../../../src/systems/kit/unpack.ts'

async function* pieces(bytes: Buffer, size = 3): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}
const unpack = async (bytes: Buffer, encoding: string | null = null, most = 1000) =>
  Buffer.concat(await Array.fromAsync(unpacked(pieces(bytes), { encoding, most, words: feedWords }))).toString()
const plain = 'sku,url\na,https://v.test/ä\n'

describe('the body of a feed', () => {
  it('is unpacked by its encoding, by its first bytes, or by both', async () => {
    const packed = gzipSync(plain)
    expect(await unpack(Buffer.from(plain))).toBe(plain)
    expect(await unpack(packed, 'gzip')).toBe(plain)
    expect(await unpack(packed)).toBe(plain)
    expect(await unpack(gzipSync(packed), 'gzip')).toBe(plain)
    expect(await unpack(Buffer.from(''))).toBe('')
  })

  it.each(['UTF-8', 'none', 'binary', 'identity', '8bit', 'gzip'])(
    'is as it is where it is said to be encoded as %s',
    async (word) => {
      expect(await unpack(Buffer.from(plain), word)).toBe(plain)
    },
  )

  it('is unpacked by each coding of HTTP, several after one another', async () => {
    expect(await unpack(brotliCompressSync(plain), 'br')).toBe(plain)
    expect(await unpack(deflateSync(plain), 'deflate')).toBe(plain)
    expect(await unpack(zstdCompressSync(plain), 'zstd')).toBe(plain)
    expect(await unpack(brotliCompressSync(gzipSync(plain)), 'gzip, br')).toBe(plain)
  })

  it('may be packed with gzip three times, and no more', async () => {
    const thrice = gzipSync(gzipSync(gzipSync(plain)))
    expect(await unpack(thrice)).toBe(plain)
    await expect(unpack(gzipSync(thrice))).rejects.toThrow(/more than 3 times/)
  })

  it.each([
    ['PK\x03\x04\x14\x00\x08\x00[Content_Types].xml', /an Excel workbook \(\.xlsx\)/],
    ['PK\x03\x04\x14\x00\x08\x00images.csv', /a ZIP file/],
    ['\xd0\xcf\x11\xe0', /an old Excel workbook/],
    ['%PDF-1.7', /a PDF document/],
    ['\xff\xd8\xff\xe0', /a JPEG image/],
  ])('is named where it is no text: %j', async (bytes, kind) => {
    await expect(unpack(Buffer.from(bytes, 'latin1'))).rejects.toThrow(kind)
    await expect(unpack(gzipSync(Buffer.from(bytes, 'latin1')))).rejects.toThrow(kind)
  })

  it('is refused when its gzip was cut short or is damaged', async () => {
    const packed = gzipSync(plain)
    const code = 'source_data_invalid'
    await expect(unpack(packed.subarray(0, -6))).rejects.toMatchObject({ code, message: expect.stringMatching(/gzip/) })
    packed.writeUInt8(packed.readUInt8(packed.length - 5) ^ 1, packed.length - 5)
    await expect(unpack(packed, 'gzip')).rejects.toMatchObject({ code })
    await expect(unpack(Buffer.from(plain), 'br')).rejects.toThrow(/its br can't be unpacked/)
  })

  it('is refused once it is too large, before it is unpacked whole', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000))
    expect(bomb.length).toBeLessThan(300_000)
    let given = 0
    const taking = async () => {
      for await (const chunk of unpacked(pieces(bomb, 1000), { encoding: null, most: 100_000, words: feedWords }))
        given += chunk.length
    }
    await expect(taking()).rejects.toThrow(/more than 100000 bytes, unpacked/)
    expect(given).toBeLessThanOrEqual(100_000)
    await expect(unpack(gzipSync(bomb), 'gzip')).rejects.toThrow(/more than 1000 bytes/)
  })
})

describe('the text of a feed', () => {
  const decode = async (bytes: Buffer, setting: string | null = null, type: string | null = null) =>
    (await Array.fromAsync(decoded(pieces(bytes), { setting, contentType: type, words: feedWords }))).join('')

  it.each([
    ['UTF-8', Buffer.from(plain), null, null],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${plain}`), null, null],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${plain}`, 'utf16le'), null, null],
    ['Latin-1, as the settings say', Buffer.from(plain, 'latin1'), 'latin1', 'text/csv; charset=utf-8'],
    ['Latin-1, as its media type says', Buffer.from(plain, 'latin1'), null, 'text/csv; charset="ISO-8859-1"'],
  ])('may be %s', async (_, bytes, setting, type) => {
    expect(await decode(bytes, setting, type)).toBe(plain)
  })

  it('may be encoded as its XML declaration says', async () => {
    const text = `<?xml version='1.0' encoding='ISO-8859-1'?><a>${'x'.repeat(300)}ä</a>`
    expect(await decode(Buffer.from(text, 'latin1'))).toBe(text)
  })

  it.each(['UTF-16', 'utf-16le', 'UCS-2'])(
    'is not in %s when it reads as ASCII does, whatever it says',
    async (name) => {
      const text = `<?xml version="1.0" encoding="${name}"?><a>ä</a>`
      expect(await decode(Buffer.from(text))).toBe(text)
      expect(await decode(Buffer.from(text), null, `text/xml; charset=${name}`)).toBe(text)
    },
  )

  it('may be UTF-16 without its mark', async () => {
    expect(await decode(Buffer.from(plain, 'utf16le'))).toBe(plain)
    expect(await decode(Buffer.from(plain, 'utf16le').swap16())).toBe(plain)
  })

  it('is refused when it is none of its encoding, also at its end', async () => {
    await expect(decode(Buffer.from(plain, 'latin1'))).rejects.toThrow(/not encoded as utf-8: set settings.encoding/)
    await expect(decode(Buffer.from('ä').subarray(0, 1))).rejects.toMatchObject({ code: 'source_data_invalid' })
    await expect(decode(Buffer.from(plain), 'klingon')).rejects.toThrow(/"klingon" is not supported/)
  })
})
