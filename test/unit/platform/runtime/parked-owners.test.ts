import { expect, it } from 'vitest'
import type { Item, Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { createParkedOwners } from '../../../../src/platform/runtime/parked-owners.ts'
import { parkingTables } from '../../../../src/platform/runtime/parking.ts'
import { memoryTables } from '../../../memory/tables.ts'

function world(pages?: (all: readonly Item[]) => readonly (readonly Item[])[]) {
  const memory = memoryTables(parkingTables)
  const asked: string[] = []
  let during: () => Promise<void> = async () => undefined
  const tables: Tables = {
    ...memory,
    query: async (table, range) => {
      asked.push(`query ${range.partition}`)
      return await memory.query(table, range)
    },
    async *scan(table) {
      asked.push('scan')
      const all = (await Array.fromAsync(memory.scan(table))).flat()
      await during()
      yield* pages?.(all) ?? [all]
    },
  }
  let time = 0
  const owners = createParkedOwners(tables, { now: () => time })
  const park = (stage: string) => memory.put('parked', { stage, id: 'c|k#1', release_at: '~' })
  const pass = (ms: number) => {
    time += ms
  }
  const meanwhile = (does: () => Promise<void>) => {
    during = does
  }
  return { owners, park, pass, meanwhile, asked }
}

it('one look says of all partitions what is parked, and holds for seconds', async () => {
  const { owners, park, pass, asked } = world()
  await park('a#1')
  const ask = async () => await Promise.all(['a#0', 'a#1', 'b#1'].map((owner) => owners.mayHold(owner)))
  expect(await ask()).toEqual([false, true, false])
  await park('b#1')
  expect(await ask()).toEqual([false, true, false])
  pass(5_000)
  expect(await ask()).toEqual([false, true, true])
  expect(asked).toEqual(['scan', 'scan'])
})

it('what this process parks is known at once, also while the table is looked at', async () => {
  const { owners, park, pass, meanwhile } = world()
  expect(await owners.mayHold('a#1')).toBe(false)
  await park('a#1')
  owners.noteParked('a#1')
  expect(await owners.mayHold('a#1')).toBe(true)
  pass(5_000)
  // It has read the table already when this is parked.
  meanwhile(async () => {
    await park('a#2')
    owners.noteParked('a#2')
  })
  expect([await owners.mayHold('a#1'), await owners.mayHold('a#2')]).toEqual([true, true])
})

it('where more is parked than a look gives, each partition is asked for by itself, the empty ones seldom', async () => {
  const { owners, park, pass, asked } = world((all) => [all.slice(0, 1), all.slice(1)])
  for (const owner of ['a#1', 'a#2', 'a#3']) await park(owner)
  expect([await owners.mayHold('a#3'), await owners.mayHold('b#1'), await owners.mayHold('b#1')]).toEqual([
    true,
    false,
    false,
  ])
  expect(asked).toEqual(['scan', 'query a#3', 'query b#1'])
  await park('b#1')
  owners.noteParked('b#1')
  expect(await owners.mayHold('b#1')).toBe(true)
  pass(6_000)
  expect(await owners.mayHold('b#2')).toBe(false)
  expect(asked.filter((one) => one === 'scan')).toHaveLength(1)
})

it('a look that fails is repeated', async () => {
  const { owners, meanwhile } = world()
  meanwhile(() => Promise.reject(new Error('the table is gone')))
  await expect(owners.mayHold('a#1')).rejects.toThrow('the table is gone')
  meanwhile(async () => undefined)
  expect(await owners.mayHold('a#1')).toBe(false)
})
