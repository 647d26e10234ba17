import { describe, expect, it } from 'vitest'
import { FingerprintSet } from '../../../src/platform/fingerprint-set.ts'

describe('a set of fingerprints', () => {
  it('knows each of many similar texts, also after it has grown', () => {
    const set = new FingerprintSet()
    const texts = Array.from({ length: 300_000 }, (_, index) => `SKU-${index}`)
    expect(texts.every((text) => set.add(text))).toBe(true)
    expect(set.size).toBe(texts.length)
    expect(texts.some((text) => set.add(text))).toBe(false)
    expect(set.size).toBe(texts.length)
  })

  it('tells texts apart that have the same characters', () => {
    const set = new FingerprintSet()
    const texts = ['', '\0', '\0\0', 'ab', 'ba', 'a', 'aa', 'aab', 'aba', 'baa']
    expect(texts.map((text) => set.add(text))).toEqual(texts.map(() => true))
  })
})
