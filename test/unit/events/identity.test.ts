import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../src/events/canonical-json.ts'
import { contentDigest, derivedEventId, sourceEventId } from '../../../src/events/identity.ts'

describe('canonicalJson', () => {
  it('does not depend on the order of keys, and tells a decimal from nothing else', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 2n, c: null }] })).toBe('{"a":[{"c":null,"d":"2"}],"b":1}')
    expect(canonicalJson({ a: undefined })).toBe('{}')
  })
})

describe('contentDigest', () => {
  it('is as it was before there was a field that has nothing in it', () => {
    const line = { sku: 'A', quantity: 2n }
    const digestOf = (data: object) => contentDigest({ deleted: false, data })
    expect(digestOf({ lines: [{ ...line, reason: null }] })).toBe(digestOf({ lines: [line] }))
    const address = { firstName: 'Ada' }
    const later = { namePrefix: null, middleName: null, nameSuffix: null, vatNumber: null }
    expect(digestOf({ billingAddress: { ...address, ...later } })).toBe(digestOf({ billingAddress: address }))
    expect(digestOf({ lines: [{ ...line, reason: 'out of stock' }] })).not.toBe(digestOf({ lines: [line] }))
  })

  it('is of deleted and data alone', () => {
    const data = { sku: 'A', locations: [] }
    expect(contentDigest({ deleted: false, data })).toBe(
      contentDigest({ data: { locations: [], sku: 'A' }, deleted: false }),
    )
    expect(contentDigest({ deleted: true, data })).not.toBe(contentDigest({ deleted: false, data }))
  })
})

describe('event ids', () => {
  const event = { source: 'magento', entity: 'orders', key: '1', occurredAt: 5, contentDigest: 'x' }

  it('are the same for the same change', () => {
    expect(sourceEventId(event)).toBe(sourceEventId({ ...event }))
  })

  it('differ when any part does', () => {
    const changed = [
      { source: 'm2' },
      { entity: 'products' },
      { key: '2' },
      { occurredAt: null },
      { contentDigest: 'y' },
    ]
    const ids = new Set([sourceEventId(event), ...changed.map((part) => sourceEventId({ ...event, ...part }))])
    expect(ids.size).toBe(6)
  })

  it('can not be imitated by moving a separator', () => {
    expect(derivedEventId('a|b', 'c', 'd')).not.toBe(derivedEventId('a', 'b|c', 'd'))
  })
})
