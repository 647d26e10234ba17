import { expect, it } from 'vitest'
import { openSealedText, sealedText } from '../../../src/api/sealed-text.ts'

const payload = { k: 'feed', t: 1 }
/** As versions wrote it that prepared no keys: readers hold such cursors for 30 days. */
const sealedBefore = 'ADcSRQk2uMGhwhD3G_7OTtkrjBFOjcl7PKFp8vriq71CjZhpMZmV3eFuBdl3vA'

it('opens what an earlier version sealed, and seals the same text', () => {
  expect(openSealedText('a-key-of-many', sealedBefore)).toEqual(payload)
  expect(sealedText('a-key-of-many', payload)).toBe(sealedBefore)
})

it('opens nothing that was sealed with another key, however many there are', () => {
  const keys = Array.from({ length: 1_200 }, (_, index) => `key ${index}`)
  const texts = keys.map((key) => sealedText(key, payload))
  expect(openSealedText('key 0', texts[0] ?? '')).toEqual(payload)
  expect(openSealedText('key 1199', texts[1199] ?? '')).toEqual(payload)
  expect(openSealedText('key 1', texts[0] ?? '')).toBeUndefined()
})
