/*
 * One result with an impossible time threw while its whole record was folded: up to 499 others were never counted.
 */
import { describe, expect, it } from 'vitest'
import type { EntityResult } from '../../../src/events/generated/events.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { projectionTables, STAGED, SYNC_ENTITIES } from '../../../src/projections/tables.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const MANY = 499
const good = Array.from({ length: MANY }, (_, n) => entityResult({ key: `G-${n}`, status: 'succeeded' }))

async function fold(bad: readonly EntityResult[], at = 5) {
  const tables = memoryTables(projectionTables)
  const middle = Math.floor(MANY / 2)
  const results = [...good.slice(0, middle), ...bad, ...good.slice(middle)]
  const record = statusRecord('deliver-erp', 1, results)
  const batch = [{ ...record, event: { ...record.event, at } }, statusRecord('deliver-erp', 2, [])]
  const { context, deadLetters } = batchContext()
  await taskStage({ tables }).handle(batch, context)
  await stagedStage({ tables, settleMs: 0 }).handle(batch, context)
  const counted = await tables.count(SYNC_ENTITIES, { partition: 't' })
  const staged = await tables.count(STAGED, { partition: 'backend#c1#orders' })
  return { tables, counted, staged, deadLetters }
}

describe('a result that no row can hold', () => {
  it.each<[string, Partial<EntityResult>, string, string]>([
    ['was read at a time after all calendars', { readAt: 9e15 }, 'time_invalid', 'readAt'],
    ['was read before all calendars', { readAt: -(2 ** 52) }, 'time_invalid', 'readAt'],
    ['occurred in a year that sorts wrongly', { occurredAt: 1e15 }, 'time_invalid', 'occurredAt'],
    ['occurred at no number', { occurredAt: Number.NaN }, 'time_invalid', 'occurredAt'],
    ['has a status of no one', { status: 'done' }, 'source_data_invalid', 'status'],
    ['is of an unknown entity', { entity: 'customers' }, 'source_data_invalid', 'entity'],
    ['has a key of 1,025 bytes', { key: 'ä'.repeat(512) }, 'value_too_large', 'key'],
    ['has a source of 1,025 bytes', { source: 's'.repeat(1025) }, 'value_too_large', 'key'],
    ['has an id of the target that is a page', { targetId: 'x'.repeat(400_000) }, 'value_too_large', 'targetId'],
  ])('and %s is reported; the others are counted', async (_what, over, code, field) => {
    const { counted, staged, deadLetters } = await fold([entityResult({ key: 'BAD', status: 'failed', ...over })])
    expect({ counted, staged }).toEqual({ counted: MANY, staged: MANY })
    const error = { code, field: `results[249].${field}` }
    expect(deadLetters).toMatchObject([{ offset: 1n, error }, { error }])
  })

  it('is one of several: they are one dead letter for each connection', async () => {
    const bad = (connection: string) => entityResult({ connection, status: 'failed', readAt: 9e15 })
    const { counted, deadLetters } = await fold([bad('c1'), bad('c2'), bad('c1')])
    expect(counted).toBe(MANY)
    expect(deadLetters.slice(0, 2).map(({ error }) => error.message)).toEqual([
      'results[249].readAt is not a valid time; other invalid results of this record: 1',
      'results[250].readAt is not a valid time',
    ])
  })

  it('does not stand for the record: one with an impossible time counts from when it was appended', async () => {
    const { tables, counted, deadLetters } = await fold([], 9e15)
    expect({ counted, deadLetters }).toEqual({ counted: MANY, deadLetters: [] })
    const row = await tables.get(SYNC_ENTITIES, { task: 't', entity: 'c1#G-0' })
    expect(row?.['updated_at']).toBe(new Date(10_001).toISOString())
  })

  it('is none for its long message, which is cut', async () => {
    const { tables, counted, deadLetters } = await fold([
      entityResult({ key: 'LONG', status: 'failed', message: 'x'.repeat(600_000) }),
    ])
    expect({ counted, deadLetters }).toEqual({ counted: MANY + 1, deadLetters: [] })
    const row = await tables.get(SYNC_ENTITIES, { task: 't', entity: 'c1#LONG' })
    expect(String(row?.['message'])).toHaveLength(10_000)
  })
})
