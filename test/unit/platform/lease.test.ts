import { describe, expect, it } from 'vitest'
import { createLeases, isHalfOver } from '../../../src/platform/lease.ts'
import { memoryTables } from '../../memory/tables.ts'

const TABLE = 'rows'
const key = { id: 'r' }

function prepare(token: 'fence' | 'owner') {
  const tables = memoryTables([{ name: TABLE, partitionKey: 'id' }])
  return { tables, leases: createLeases(tables, TABLE, { until: 'until', token }) }
}

describe('a lease by name', () => {
  it('is one holder’s alone until its time is over', async () => {
    const { leases } = prepare('owner')
    const take = (token: string, now: number) => leases.take({ key, token }, { now, until: now + 10 })
    const both = await Promise.all([take('a', 0), take('b', 0)])
    expect(both.filter((item) => item !== null)).toHaveLength(1)
    expect(await take('b', 9)).toBeNull()
    expect(await take('b', 10)).toMatchObject({ owner: 'b', until: 20 })
    expect(await leases.extend({ key, token: 'a' }, 99)).toBeNull()
    expect(await leases.drop({ key, token: 'a' })).toBe(false)
    expect(await leases.extend({ key, token: 'b' }, 99, { set: { note: 'busy' } })).toMatchObject({ until: 99 })
    expect(await leases.drop({ key, token: 'b' })).toBe(true)
  })

  it('understands rows that earlier versions wrote whole, and they understand its own', async () => {
    const { tables, leases } = prepare('owner')
    await tables.put(TABLE, { ...key, owner: 'old', until: 10 })
    expect(await leases.take({ key, token: 'new' }, { now: 9, until: 20 })).toBeNull()
    expect(await leases.take({ key, token: 'new' }, { now: 10, until: 20 })).toEqual({
      ...key,
      owner: 'new',
      until: 20,
    })
    const isFree = { anyOf: [{ absent: 'owner' }, { attribute: 'until', is: '<=' as const, value: 19 }] }
    expect(await tables.put(TABLE, { ...key, owner: 'old', until: 30 }, isFree)).toBe(false)
  })
})

describe('a lease by fence token', () => {
  const asSeen = (fence: number) => [{ attribute: 'fence', is: '=' as const, value: fence }]

  it('is taken over from one who died, who can write nothing any more', async () => {
    const { tables, leases } = prepare('fence')
    await tables.put(TABLE, { ...key, fence: 0, until: 0, work: 'due' })
    const first = { key, token: 1 }
    await leases.take(first, { now: 5, until: 10 }, { set: { work: 'running' }, when: asSeen(0) })
    expect(await leases.take({ key, token: 2 }, { now: 9, until: 20 }, { when: asSeen(1) })).toBeNull()
    expect(await leases.take({ key, token: 2 }, { now: 10, until: 20 }, { when: asSeen(1) })).not.toBeNull()
    expect(await leases.change(first, { set: { work: 'late' } })).toBeNull()
    expect(await leases.release(first)).toBeNull()
    expect(await leases.release({ key, token: 2 }, { remove: ['work'] })).toEqual({ ...key, fence: 2, until: 0 })
  })

  it('is not taken by one who saw another row than there is', async () => {
    const { tables, leases } = prepare('fence')
    await tables.put(TABLE, { ...key, fence: 3, until: 0 })
    expect(await leases.take({ key, token: 3 }, { now: 1, until: 2 }, { when: asSeen(2) })).toBeNull()
  })
})

it('has a heartbeat when half of it is over', () => {
  expect([4, 5, 6].map((now) => isHalfOver(10, now, 10))).toEqual([false, true, true])
})
