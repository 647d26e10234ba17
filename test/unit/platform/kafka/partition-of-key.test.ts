import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { expect, test } from 'vitest'
import { murmur2, partitionOfKey } from '../../../../src/platform/kafka/partition-of-key.ts'

test('a key goes where every other Kafka client sends it', () => {
  const choose = Partitioners.DefaultPartitioner()
  const places = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 40 }))
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 60 }), (place, partitions) => {
      const key = typeof place === 'string' ? place : Buffer.from(place)
      const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
        partitionErrorCode: 0,
        partitionId,
        leader: 1,
        replicas: [],
        isr: [],
      }))
      const chosen = choose({ topic: 't', message: { key, value: null }, partitionMetadata })
      expect(partitionOfKey(key, partitions)).toBe(chosen)
    }),
    { numRuns: 1_000 },
  )
})

// Kafka's own test: org.apache.kafka.common.utils.UtilsTest.
test('the hash is that of the Java client', () => {
  expect(murmur2(Buffer.from('21'))).toBe(-973932308)
  expect(murmur2(Buffer.from('foobar'))).toBe(-790332482)
  expect(murmur2(Buffer.from('a-little-bit-long-string'))).toBe(-985981536)
  expect(murmur2(Buffer.from('lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8'))).toBe(-58897971)
})
