import { randomUUID } from 'node:crypto'
import { expect, inject, it } from 'vitest'
import { startProgram } from '../../worlds/processes.ts'

it('the first key is created on the machine, then keys are rotated, revoked, listed and found in the trail', async () => {
  const env = { ...inject('services'), TABLE_PREFIX: `keys-${randomUUID().slice(0, 8)}.`, LOG_LEVEL: 'silent' }
  const waldstream = async (...args: readonly string[]) => {
    const program = await startProgram({ name: 'waldstream', args: ['src/cli/main.ts', ...args], env })
    const { code } = await program.exited
    return { code, text: program.output().trim() }
  }
  const first = JSON.parse((await waldstream('keys', 'create', 'ann', '--by', 'ann', '--json')).text)
  expect(first).toMatchObject({
    name: 'ann',
    state: 'active',
    connections: 'all',
    scopes: expect.arrayContaining(['administer']),
  })
  expect(first.key).toMatch(/^wsk_[a-z0-9]{12}_[\w-]{43}$/)
  expect(await waldstream('keys', 'create', 'bea')).toMatchObject({
    code: 2,
    text: expect.stringContaining('--scopes'),
  })
  const rotated = JSON.parse((await waldstream('keys', 'rotate', first.id, '--json')).text)
  expect(rotated).toMatchObject({ id: first.id, old_until: expect.any(String) })
  expect((await waldstream('keys', 'revoke', first.id)).text).toBe(`revoked ${first.id} ann`)
  const { text } = await waldstream('keys', 'list', '--json')
  expect(JSON.parse(text).items).toMatchObject([{ id: first.id, state: 'revoked' }])
  const trail = await waldstream('audit', '--what', 'key', '--json')
  expect(JSON.parse(trail.text).items.map(({ what }: { what: string }) => what)).toEqual([
    'key.revoke',
    'key.rotate',
    'key.create',
  ])
  for (const printed of [text, trail.text]) expect(printed).not.toContain(first.key.slice(-43))
}, 240_000)
