import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { policies, StreamError, toStreamError } from '../../src/errors.ts'

describe('docs/reference/errors.md', () => {
  it('has exactly the codes of the table, with their policies', () => {
    const text = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8')
    const rows = [...text.matchAll(/^\| `([a-z_]+)` +\| ([a-z-]+) +\| .+ \| .+ \|$/gm)]
    expect(Object.fromEntries(rows.map(([, code, policy]) => [code, policy]))).toEqual(policies)
  })
})

describe('toStreamError', () => {
  it('keeps a StreamError and wraps the rest as unexpected, with its cause', () => {
    const known = new StreamError('rate_limited', 'slow down', { retryAfterMs: 5 })
    expect(toStreamError(known)).toBe(known)
    const cause = new TypeError('x is not a function')
    const wrapped = toStreamError(cause)
    expect(wrapped).toMatchObject({ code: 'unexpected', policy: 'dead-letter', message: 'x is not a function', cause })
    expect(toStreamError('text').message).toBe('text')
  })
})
