import { expect, it } from 'vitest'
import type { DeadLettered } from '../../../src/events/generated/events.ts'
import { deadLetterStage } from '../../../src/projections/dead-letters.ts'
import { getDeadLetter, listDeadLetters } from '../../../src/projections/list-dead-letters.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { memoryTables } from '../../support/memory-tables.ts'
import { batchContext, decoded } from '../../support/stage-context.ts'

const letter = (id: string, lastAt: number, value: Buffer | null = Buffer.from([0, 255, 1])): DeadLettered => ({
  deadLetterId: id,
  stage: 'deliver-erp',
  connection: 'c1',
  key: '100',
  topic: 'vendor-orders.erp',
  partition: 2,
  offset: 42,
  timestamp: 1000,
  originalKey: Buffer.from('c1|100'),
  originalValue: value,
  headers: [{ key: 'h', value: Buffer.from([7]) }],
  code: 'target_rejected',
  message: 'item 7 is inactive',
  field: 'lines[0].sku',
  attempts: 3,
  firstAt: 2000,
  lastAt,
  taskId: 't',
  eventId: 'e',
})

const written = async (...letters: readonly DeadLettered[]) => {
  const tables = memoryTables(projectionTables)
  const batch = letters.map((event, offset) => decoded<'dead-letters'>(event, { offset, partition: 1 }))
  await deadLetterStage({ tables }).handle(batch, batchContext().context)
  return tables
}

it('keeps the original byte for byte, and why it can not go on', async () => {
  const tables = await written(letter('d-1', 3000))
  const row = await getDeadLetter(tables, 'd-1')
  expect(row).toMatchObject({
    id: 'd-1',
    code: 'target_rejected',
    topic: 'vendor-orders.erp',
    partition: 2,
    offset: 42,
    first_at: '1970-01-01T00:00:02.000Z',
    last_at: '1970-01-01T00:00:03.000Z',
    value_bytes: 3,
    kept_in: { topic: 'test', partition: 1, offset: '0' },
  })
  expect(Buffer.from(row?.original?.value ?? '', 'base64')).toEqual(Buffer.from([0, 255, 1]))
  expect(row?.original?.headers).toEqual([{ key: 'h', value: Buffer.from([7]).toString('base64') }])
})

it('points to the topic for an original that is too large for a row', async () => {
  const tables = await written(letter('d-1', 3000, Buffer.alloc(250_000)))
  expect(await getDeadLetter(tables, 'd-1')).toMatchObject({ original: null, value_bytes: 250_000 })
})

it('lists the newest first, and one that comes again once', async () => {
  const tables = await written(
    letter('a', 1000),
    letter('b', 3000),
    letter('c', 2000),
    letter('a', 4000),
    letter('b', 1),
  )
  expect((await listDeadLetters(tables, 2)).map(({ id, last_at }) => [id, Date.parse(last_at)])).toEqual([
    ['a', 4000],
    ['b', 3000],
  ])
  expect(await getDeadLetter(tables, 'none')).toBeUndefined()
})
