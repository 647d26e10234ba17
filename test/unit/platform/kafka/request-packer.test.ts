import { describe, expect, it } from 'vitest'
import { type PendingSend, packRequest, recordBytes } from '../../../../src/platform/kafka/request-packer.ts'

const send = (...sizes: number[]): PendingSend => ({
  records: sizes.map((size, index) => ({ topic: 't', key: `${index}`, value: Buffer.alloc(size) })),
  taken: 0,
  resolve: () => undefined,
  reject: () => undefined,
})

/** Every request until nothing is left: sizes of its records and how many sends they are of. */
function packAll(sends: PendingSend[], maxBytes: number): string[] {
  const requests: string[] = []
  while (sends.some(({ taken, records }) => taken < records.length)) {
    const packed = packRequest(sends, maxBytes)
    requests.push(`${packed.records.map(({ value }) => value.length).join(' ')} of ${packed.sends.length}`)
  }
  return requests
}

describe('requests to the broker', () => {
  it('hold as many sends as fit', () => {
    expect(packAll([send(100), send(100, 100), send(100)], 10_000)).toEqual(['100 100 100 100 of 3'])
  })

  it('split a send that does not fit, and keep the order', () => {
    expect(packAll([send(400, 300, 200), send(100)], 1000)).toEqual(['400 300 of 1', '200 100 of 2'])
  })

  it('hold a record alone that fits with no other', () => {
    expect(packAll([send(10), send(5000), send(10)], 1000)).toEqual(['10 of 1', '5000 of 1', '10 of 1'])
  })

  it('count keys and headers too', () => {
    const bare = { topic: 't', key: 'k', value: Buffer.alloc(0) }
    const dressed = { ...bare, key: 'ü'.repeat(500), headers: { name: 'x'.repeat(1000) } }
    expect(recordBytes(dressed) - recordBytes(bare)).toBeGreaterThanOrEqual(999 + 1004)
  })
})
