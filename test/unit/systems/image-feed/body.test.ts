import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { unpacked } from '../../../../src/systems/image-feed/body.ts'
import { decoded } from '../../../../src/systems/image-feed/text.ts'

async function* pieces(bytes: Buffer, size = 3): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}
const unpack = async (bytes: Buffer, encoding: string | null = null, most = 1000) =>
  Buffer.concat(await Array.fromAsync(unpacked(pieces(bytes), encoding, most))).toString()
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

  it('is refused when its gzip was cut short or is damaged', async () => {
    const packed = gzipSync(plain)
    const code = 'source_data_invalid'
    await expect(unpack(packed.subarray(0, -6))).rejects.toMatchObject({ code, message: expect.stringMatching(/gzip/) })
    packed.writeUInt8(packed.readUInt8(packed.length - 5) ^ 1, packed.length - 5)
    await expect(unpack(packed, 'gzip')).rejects.toMatchObject({ code })
    await expect(unpack(Buffer.from(plain), 'br')).rejects.toThrow(/encoded as br/)
  })

  it('is refused once it is too large, before it is unpacked whole', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000))
    expect(bomb.length).toBeLessThan(300_000)
    let given = 0
    const taking = async () => {
      for await (const chunk of unpacked(pieces(bomb, 1000), null, 100_000)) given += chunk.length
    }
    await expect(taking()).rejects.toThrow(/more than 100000 bytes, unpacked/)
    expect(given).toBeLessThanOrEqual(100_000)
    await expect(unpack(gzipSync(bomb), 'gzip')).rejects.toThrow(/more than 1000 bytes/)
  })
})

describe('the text of a feed', () => {
  const decode = async (bytes: Buffer, setting: string | null = null, type: string | null = null) =>
    (await Array.fromAsync(decoded(pieces(bytes), setting, type))).join('')

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

  it('is refused when it is none of its encoding, also at its end', async () => {
    await expect(decode(Buffer.from(plain, 'latin1'))).rejects.toThrow(/not encoded as utf-8: set settings.encoding/)
    await expect(decode(Buffer.from('ä').subarray(0, 1))).rejects.toMatchObject({ code: 'source_data_invalid' })
    await expect(decode(Buffer.from(plain), 'klingon')).rejects.toThrow(/"klingon" is not known/)
  })
})
