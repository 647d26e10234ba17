import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalJson, quotedCanonicalJson } from '../../../src/events/canonical-json.ts'
import { contentDigest } from '../../../src/events/identity.ts'

/** The rule in its shortest form. */
function reference(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`
  if (Array.isArray(value)) return `[${value.map(reference).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([name, field]) => `${JSON.stringify(name)}:${reference(field)}`).join(',')}}`
}

/** Texts and keys with all that JSON escapes, halves of characters and line breaks among it. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', 'a\nb', '\u2028', '\ud800', '\u007f', ''),
)
const values = fc.object({
  key: text,
  values: [text, fc.bigInt(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)],
  maxDepth: 3,
})

it('writes the text of the rule, for every key and value', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(canonicalJson(value)).toBe(reference(value))
    }),
  )
})

it('quotes as JSON.stringify does', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(quotedCanonicalJson(value)).toBe(JSON.stringify(reference(value)))
    }),
  )
})

it('keys with line breaks are no other keys', () => {
  const [one, two] = [{ 'a\nb': 1 }, { a: 1, b: 2 }]
  for (const value of [one, two, one]) expect(canonicalJson(value)).toBe(reference(value))
})

it('leaves the digests that are stored as they were', () => {
  fc.assert(
    fc.property(values, fc.boolean(), (data, deleted) => {
      const before = hash('sha256', JSON.stringify([reference({ deleted, data })]), 'hex')
      expect(contentDigest({ deleted, data })).toBe(before)
    }),
  )
})
