import { expect, it } from 'vitest'
import { createSharedReads } from '../../../src/platform/shared-reads.ts'

it('reads once for all who ask while it is read, and for who asks within the time', async () => {
  const share = createSharedReads<number>()
  const owner = {}
  let reads = 0
  const read = async () => {
    reads += 1
    return reads
  }
  const ask = (now: number, keptMs = 10) => share(owner, 'a', { now, keptMs }, read)
  expect(await Promise.all([ask(0), ask(0, 0), ask(500)])).toEqual([1, 1, 1])
  expect([await ask(9), await ask(10), await ask(11, 0), await ask(5)]).toEqual([1, 2, 3, 4])
  expect(await share({}, 'a', { now: 5, keptMs: 10 }, read)).toBe(5)
  expect(await share(owner, 'b', { now: 5, keptMs: 10 }, read)).toBe(6)
})

it('forgets a read that failed, and the oldest of very many', async () => {
  const share = createSharedReads<string>()
  const owner = {}
  const ask = (name: string, value: string) => share(owner, name, { now: 0, keptMs: 10 }, async () => value)
  const failed = share(owner, 'a', { now: 0, keptMs: 10 }, async () => {
    throw new Error('gone')
  })
  await expect(failed).rejects.toThrow('gone')
  expect(await ask('a', 'again')).toBe('again')
  for (let index = 0; index < 1_000; index += 1) await ask(`${index}`, 'x')
  expect(await ask('a', 'third')).toBe('third')
  expect(await ask('999', 'other')).toBe('x')
})
