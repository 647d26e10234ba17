import { expect, it } from 'vitest'
import type { DeadLettered } from '../../../src/events/generated/events.ts'
import { changeLetter } from '../../../src/projections/dead-letter-table.ts'
import { deadLetterStage } from '../../../src/projections/dead-letters.ts'
import { getDeadLetter, listDeadLetters } from '../../../src/projections/list-dead-letters.ts'
import { DEAD_LETTER_SHELVES, DEAD_LETTERS, projectionTables } from '../../../src/projections/tables.ts'
import { deadLettered, letterProjector } from '../../data/dead-letters.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, decoded } from '../../worlds/stage-context.ts'

const fixture = () => {
  const tables = memoryTables(projectionTables)
  const project = letterProjector(tables)
  const get = async (id = 'd-1') => await getDeadLetter(tables, id)
  return { tables, project, get }
}

const change = (kind: 'retried' | 'resolved' | 'discarded', retry: number, lastAt = 5000): DeadLettered =>
  deadLettered({
    retry,
    lastAt,
    originalKey: null,
    originalValue: null,
    headers: [],
    code: '',
    message: '',
    attempts: 0,
    change: { kind, by: kind === 'resolved' ? null : 'ann', reason: kind === 'discarded' ? 'a test order' : null },
  })

const any = { state: null, stage: null, connection: null, code: null, key: null, group: null, from: null, to: null }
const all = { ...any, seen: 'all' } as const

it('keeps the original byte for byte, and why it can not go on', async () => {
  const { project, get } = fixture()
  await project(deadLettered())
  const row = await get()
  expect(row).toMatchObject({
    id: 'd-1',
    state: 'open',
    code: 'target_rejected',
    topic: 't.vendor-orders.erp',
    partition: 2,
    offset: 42,
    attempts: 3,
    retries: 0,
    first_at: '1970-01-01T00:00:02.000Z',
    last_at: '1970-01-01T00:00:03.000Z',
    value_bytes: 3,
    kept_in: { topic: 'test', partition: 1, offset: '0' },
    history: [{ what: 'failed', retry: 0, code: 'target_rejected', by: null }],
  })
  expect(Buffer.from(row?.original?.value ?? '', 'base64')).toEqual(Buffer.from([0, 255, 1]))
  expect(row?.original?.headers).toEqual([{ key: 'h', value: Buffer.from([7]).toString('base64') }])
})

it('points to the topic for an original that is too large for a row', async () => {
  const { project, get } = fixture()
  await project(deadLettered({ originalValue: Buffer.alloc(250_000) }))
  expect(await get()).toMatchObject({ original: null, value_bytes: 250_000, kept_in: { offset: '0' } })
})

it('leads a letter from its failure by a retry that fails and one that does not to its end', async () => {
  const { tables, project, get } = fixture()
  const states: (string | undefined)[] = []
  const steps = [
    deadLettered(),
    change('retried', 1),
    deadLettered({ retry: 1, attempts: 2, lastAt: 6000, code: 'target_conflict', message: 'shipped' }),
    change('retried', 2, 7000),
    change('resolved', 2, 8000),
  ]
  for (const step of steps) {
    await project(step)
    states.push((await get())?.state)
  }
  expect(states).toEqual(['open', 'retrying', 'open', 'retrying', 'resolved'])
  const row = await get()
  expect(row).toMatchObject({ attempts: 5, retries: 2, code: 'target_conflict', last_at: '1970-01-01T00:00:06.000Z' })
  expect(row?.history.map(({ what, retry, by }) => [what, retry, by])).toEqual([
    ['failed', 0, null],
    ['retried', 1, 'ann'],
    ['failed', 1, null],
    ['retried', 2, 'ann'],
    ['resolved', 2, null],
  ])
  expect(row?.original?.value).toBe(Buffer.from([0, 255, 1]).toString('base64'))
  const shelved = async (shelf: string) => (await tables.query(DEAD_LETTER_SHELVES, { partition: shelf })).length
  expect([await shelved('active'), await shelved('ended')]).toEqual([0, 1])
})

it('is the same after any redelivery', async () => {
  const events = [
    deadLettered(),
    change('retried', 1),
    change('resolved', 1, 6000),
    deadLettered({ retry: 1, lastAt: 7000 }),
    change('discarded', 1, 8000),
  ]
  const batch = events.map((event, offset) => decoded<'dead-letters'>(event, { offset, partition: 1 }))
  const stateAfter = async (...parts: (readonly [number, number])[]) => {
    const tables = memoryTables(projectionTables)
    const stage = deadLetterStage({ tables })
    for (const [from, to] of parts) await stage.handle(batch.slice(from, to), batchContext().context)
    const row = await tables.get(DEAD_LETTERS, { id: 'd-1' })
    return [{ ...row, revision: 0 }, (await tables.query(DEAD_LETTER_SHELVES, { partition: 'active' })).length]
  }
  const once = await stateAfter([0, 5])
  expect(once).toMatchObject([{ state: 'discarded' }, 0])
  for (let end = 1; end <= 5; end += 1) {
    for (let again = 0; again < end; again += 1) expect(await stateAfter([0, end], [again, 5])).toEqual(once)
  }
})

it('stays open when a record that failed looks handled after it was handed over once more', async () => {
  const { project, get } = fixture()
  await project(deadLettered(), change('retried', 1), deadLettered({ retry: 1 }), change('resolved', 1))
  expect((await get())?.state).toBe('open')
})

it('opens a resolved letter when its record fails after all, and leaves a discarded one', async () => {
  const { project, get } = fixture()
  await project(deadLettered(), change('retried', 1), change('resolved', 1), deadLettered({ retry: 1 }))
  expect((await get())?.state).toBe('open')
  await project(change('discarded', 1), deadLettered({ lastAt: 9000 }))
  expect(await get()).toMatchObject({ state: 'discarded', last_at: '1970-01-01T00:00:09.000Z' })
})

it('takes no late failure of before for the end of a retry that is under way', async () => {
  const { project, get } = fixture()
  await project(deadLettered(), change('retried', 1), deadLettered())
  expect((await get())?.state).toBe('retrying')
})

it('goes on from what a person changed meanwhile', async () => {
  const { tables, project, get } = fixture()
  await project(deadLettered())
  const before = await get()
  if (before === undefined) throw new Error('the letter is there')
  const claim = { state: 'retrying', state_at: '2026-01-31T08:00:00.000Z', retries: 1 } as const
  expect(await changeLetter(tables, before, claim)).toBe(true)
  expect(await changeLetter(tables, before, claim)).toBe(false)
  const [entry] = await tables.query(DEAD_LETTER_SHELVES, { partition: 'active' })
  expect(entry).toMatchObject({ state: 'retrying', retries: 1 })
  await project(change('retried', 1), change('resolved', 1))
  expect(await get()).toMatchObject({ state: 'resolved', retries: 1 })
})

it('knows nothing of a letter that never failed', async () => {
  const { project, get } = fixture()
  await project(change('resolved', 1))
  expect(await get()).toBeUndefined()
})

it('keeps two letters of one entity apart, and lists a letter once', async () => {
  const { tables, project } = fixture()
  await project(deadLettered(), deadLettered({ deadLetterId: 'd-2' }), deadLettered({ lastAt: 4000 }))
  const { rows, next } = await listDeadLetters(tables, all, 10, null)
  expect([rows.map(({ id }) => id), next]).toEqual([['d-2', 'd-1'], null])
})
