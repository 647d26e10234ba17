import { expect, it } from 'vitest'
import { entityKey } from '../../../src/projections/entity-row.ts'
import { groupDeadLetters, listDeadLetters, outcomesOf } from '../../../src/projections/list-dead-letters.ts'
import { DEAD_LETTER_SHELVES, projectionTables, SYNC_ENTITIES } from '../../../src/projections/tables.ts'
import { deadLettered, letterProjector } from '../../data/dead-letters.ts'
import { memoryTables } from '../../memory/tables.ts'

const any = { state: null, stage: null, connection: null, code: null, key: null, group: null, from: null, to: null }
const all = { ...any, seen: 'all' } as const
const id = (n: number) => `d-${String(n).padStart(4, '0')}`

/** One letter a second; every third is discarded. */
async function fixture(count: number) {
  const tables = memoryTables(projectionTables)
  const project = letterProjector(tables)
  for (let n = 0; n < count; n += 1) {
    const [connection, code] = n % 2 === 0 ? ['c1', 'target_rejected'] : ['c2', 'mapping_failed']
    const letter = { deadLetterId: id(n), connection, code, key: String(n), firstAt: n * 1000, lastAt: n * 1000 }
    await project(deadLettered(letter))
    const discard = { kind: 'discarded', by: 'ann', reason: 'no' }
    if (n % 3 === 2) await project(deadLettered({ ...letter, change: discard }))
  }
  const list = async (filter: Partial<typeof all> | object, limit = 500, after: string | null = null) => {
    const { rows, next } = await listDeadLetters(tables, { ...all, ...filter }, limit, after)
    return { ids: rows.map((row) => row.id), next }
  }
  return { tables, list }
}

it('lists the newest first, and by what is asked for', async () => {
  const { list } = await fixture(6)
  expect((await list({})).ids).toEqual([5, 4, 3, 2, 1, 0].map(id))
  expect((await list({ state: 'open' })).ids).toEqual([4, 3, 1, 0].map(id))
  expect((await list({ state: 'discarded' })).ids).toEqual([5, 2].map(id))
  expect((await list({ connection: 'c2' })).ids).toEqual([5, 3, 1].map(id))
  expect((await list({ code: 'mapping_failed', state: 'open' })).ids).toEqual([3, 1].map(id))
  expect((await list({ key: '4' })).ids).toEqual([id(4)])
  expect((await list({ stage: 'route-orders' })).ids).toEqual([])
  expect((await list({ from: 2000, to: 4000 })).ids).toEqual([3, 2].map(id))
})

it('pages through both shelves without a gap or a repetition', async () => {
  const { list } = await fixture(25)
  for (const filter of [{}, { state: 'open' }, { connection: 'c1' }]) {
    const whole = (await list(filter)).ids
    const paged: string[] = []
    for (let after: string | null = null; ; ) {
      const page: { ids: string[]; next: string | null } = await list(filter, 4, after)
      paged.push(...page.ids)
      after = page.next
      if (after === null) break
    }
    expect(paged).toEqual(whole)
  }
})

it('looks at no more than a page may cost, and says where to go on', async () => {
  const { tables, list } = await fixture(1)
  const [one] = await tables.query(DEAD_LETTER_SHELVES, { partition: 'active' })
  const items = Array.from({ length: 6000 }, (_, n) => ({
    ...one,
    place: `1969-01-01T00:00:00.000Z#${String(n).padStart(5, '0')}`,
    id: `x-${n}`,
    code: 'unexpected',
  }))
  await tables.putMany(DEAD_LETTER_SHELVES, items)
  const first = await list({ key: 'none' })
  expect([first.ids, first.next === null]).toEqual([[], false])
  expect(await list({ key: 'none' }, 500, first.next)).toEqual({ ids: [], next: null })
})

it('groups them by what is the matter, the largest first', async () => {
  const { tables, list } = await fixture(7)
  const { groups, complete } = await groupDeadLetters(tables, { ...all, state: 'open' })
  expect(complete).toBe(true)
  expect(groups.map(({ count, connection, code, example }) => [count, connection, code, example])).toEqual([
    [3, 'c1', 'target_rejected', id(6)],
    [2, 'c2', 'mapping_failed', id(3)],
  ])
  const [largest] = groups
  expect(largest).toMatchObject({ first_at: '1970-01-01T00:00:00.000Z', last_at: '1970-01-01T00:00:06.000Z' })
  expect((await list({ group: largest?.group, state: 'open' })).ids).toEqual([6, 4, 0].map(id))
})

it('groups two hundred products with as many colours as one, with examples of the values', async () => {
  const tables = memoryTables(projectionTables)
  const project = letterProjector(tables)
  for (let n = 0; n < 200; n += 1) {
    const [message, field] = [`no option for colour "Teal ${n % 150}"`, `options[${n}].colour`]
    await project(deadLettered({ deadLetterId: id(n), key: `S-${n}`, message, field, firstAt: n * 1000 }))
  }
  await project(deadLettered({ deadLetterId: id(999), field: 'options[1].size', message: 'no option for size "XS"' }))
  const { groups } = await groupDeadLetters(tables, all)
  expect(groups.map(({ count, field }) => [count, field])).toEqual([
    [200, 'options[].colour'],
    [1, 'options[].size'],
  ])
  expect(groups[0]?.examples).toEqual(
    [199, 198, 197].map((n) => ({ id: id(n), key: `S-${n}`, message: `no option for colour "Teal ${n - 150}"` })),
  )
})

it('finds rows of an earlier release, which were grouped by their messages too, in the group of today', async () => {
  const { tables, list } = await fixture(3)
  const [group] = (await groupDeadLetters(tables, { ...all, connection: 'c1' })).groups
  for (const row of await tables.query(DEAD_LETTER_SHELVES, { partition: 'active' })) {
    await tables.put(DEAD_LETTER_SHELVES, { ...row, group: `old ${row['id']}` })
  }
  expect((await list({ group: group?.group, connection: 'c1' })).ids).toEqual([2, 0].map(id))
  expect((await groupDeadLetters(tables, { ...all, connection: 'c1' })).groups).toMatchObject([{ count: 2 }])
})

it('shows a letter that is being moved between shelves once, as it is now', async () => {
  const { tables, list } = await fixture(3)
  const [left] = await tables.query(DEAD_LETTER_SHELVES, { partition: 'ended' })
  await tables.put(DEAD_LETTER_SHELVES, { ...left, shelf: 'active', state: 'open', revision: 1 })
  expect((await list({})).ids).toEqual([2, 1, 0].map(id))
  const { rows } = await listDeadLetters(tables, all, 1, null)
  expect(rows[0]?.state).toBe('discarded')
})

it('tells what became of the entity, where one is known', async () => {
  const { tables } = await fixture(0)
  await tables.put(SYNC_ENTITIES, { task: 't', entity: entityKey('c1', '100'), status: 'superseded' })
  const letter = { id: 'a', task: 't', connection: 'c1', key: '100' }
  const letters = [letter, { ...letter, id: 'b', key: '101' }, { ...letter, id: 'c', task: null }]
  expect(Object.fromEntries(await outcomesOf(tables, letters))).toEqual({ a: 'superseded' })
})
