import { describe, expect, it } from 'vitest'
import { createResolver } from '../../../src/configuration/references.ts'
import { ownsSku } from '../../../src/rules/ownership.ts'

const files: Readonly<Record<string, string>> = { '/run/secrets/key': 's3cret\n', '/run/secrets/empty': '\n' }
const resolve = createResolver({ NAME: 'value', EMPTY: '' }, async (path) => {
  const text = files[path]
  if (text === undefined) throw new Error('ENOENT')
  return text
})

describe('a reference', () => {
  it('is resolved from the environment or a file', async () => {
    expect(await resolve('env:NAME')).toBe('value')
    expect(await resolve('file:/run/secrets/key')).toBe('s3cret')
  })

  it.each(['env:MISSING', 'env:EMPTY', 'file:/run/secrets/none', 'file:/run/secrets/empty'])(
    'that leads nowhere is named: %s',
    async (reference) => {
      await expect(resolve(reference)).rejects.toMatchObject({
        code: 'configuration_invalid',
        field: reference,
        message: expect.stringContaining(reference),
      })
    },
  )

  it('that is none is not repeated, since it may be the secret itself', async () => {
    await expect(resolve('hunter2')).rejects.toThrow(/^(?!.*hunter2).*env:NAME/)
  })
})

describe('ownership', () => {
  it('is a match anywhere in the SKU', () => {
    expect(ownsSku({ ownership: { skuPattern: '^MH0[1-3]' } }, 'MH02-M-Gray')).toBe(true)
    expect(ownsSku({ ownership: { skuPattern: '^MH0[1-3]' } }, 'MH04-M-Gray')).toBe(false)
    expect(ownsSku({ ownership: { skuPattern: '-Gray$' } }, 'MH04-M-Gray')).toBe(true)
  })
})
