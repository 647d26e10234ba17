import { describe, expect, it } from 'vitest'
import { kindOf, recordKey, splitRecordKey, topicOf } from '../../../src/events/topics.ts'

describe('topics', () => {
  it('have one of a kind, or one for each target system', () => {
    expect(topicOf('orders')).toBe('orders')
    expect(topicOf('vendor-orders', 'netsuite')).toBe('vendor-orders.netsuite')
    expect(kindOf('vendor-orders.netsuite')).toBe('vendor-orders')
    expect(() => kindOf('other')).toThrow(/other/)
  })
})

describe('record keys', () => {
  it('are split at the first bar alone: keys of entities may hold one', () => {
    expect(splitRecordKey(recordKey('magento', 'A|B'))).toEqual({ owner: 'magento', key: 'A|B' })
    expect(splitRecordKey('nobody')).toEqual({ owner: '', key: 'nobody' })
  })
})
