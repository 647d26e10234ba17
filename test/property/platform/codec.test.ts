import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { codecOf } from '../../../src/platform/registry/codec.ts'
import { bytesToDecimal, decimalToBytes, typeOf } from '../../../src/platform/registry/logical-types.ts'
import { eventOf, kinds, schemaOf } from './event-arbitrary.ts'

/** A codec whose registry knows every schema by its id, and whose own ids differ, so that each value is resolved. */
const codecs = (ownIdsFrom: number) =>
  codecOf(
    new Map(kinds.map((kind, id) => [kind, { id: ownIdsFrom + id, type: typeOf(schemaOf(kind)), readers: new Map() }])),
    { byId: async (id) => JSON.stringify(schemaOf(kinds[id % 100] ?? 'orders')) },
  )

describe('the codec', () => {
  it.each(kinds)('gives back every event of %s as it was', async (kind) => {
    const [writer, reader] = [codecs(0), codecs(100)]
    await fc.assert(
      fc.asyncProperty(eventOf(kind), async (event) => {
        expect(await reader.decode(kind, writer.encode(kind, event))).toEqual(event)
      }),
      { numRuns: 50 },
    )
  })

  it('never takes other bytes for an event without an error of its own', async () => {
    const codec = codecs(0)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), bytes])
        await codec.decode('orders', framed).catch((error: unknown) => {
          expect(error).toBeInstanceOf(StreamError)
          expect((error as StreamError).code).toBe('value_undecodable')
        })
      }),
    )
  })
})

describe('decimals as bytes', () => {
  it('are read back, in the fewest bytes that hold the sign', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 120n), max: 2n ** 120n }), (units) => {
        const bytes = decimalToBytes(units)
        expect(bytesToDecimal(bytes)).toBe(units)
        const bits = (units < 0n ? -units - 1n : units).toString(2).length
        const needed = units === 0n || units === -1n ? 1 : Math.floor(bits / 8) + 1
        expect(bytes.length).toBe(needed)
      }),
    )
  })

  it('are read with leading bytes that say nothing, as other writers may send', () => {
    expect(bytesToDecimal(Buffer.from('0000007f', 'hex'))).toBe(127n)
    expect(bytesToDecimal(Buffer.from('ffffff80', 'hex'))).toBe(-128n)
    expect(bytesToDecimal(Buffer.alloc(0))).toBe(0n)
  })
})
