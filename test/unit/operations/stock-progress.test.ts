import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { createFindStockProgress } from '../../../src/operations/stock-progress.ts'
import { createPositions, positionTables } from '../../../src/platform/runtime/positions.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { memoryTables } from '../../memory/tables.ts'
import { reserving } from '../../worlds/stock-world.ts'

const NOTED = 1_000_000
const PLACE = ['p.map-inventory', 'p.inventory'] as const
const connection = reserving('one')

async function world() {
  const tables = memoryTables([...projectionTables, ...positionTables])
  const positions = createPositions(tables)
  for (const partition of [0, 1]) await positions.note(...PLACE, partition, 5n)
  const deps = { tables, positions, topicPrefix: 'p.', shards: 2 }
  return { positions, deps, find: () => createFindStockProgress(deps)(connection, ['netsuite']) }
}

it('the pipeline is where its slowest partition is, and nobody knows where while one has noted nothing', async () => {
  const { positions, find } = await world()
  await positions.noteUntil(...PLACE, 0, NOTED + 5)
  expect((await find()).until).toBeNull()
  await positions.noteUntil(...PLACE, 1, NOTED)
  expect((await find()).until).toBe(NOTED)
  await positions.set(...PLACE, 1, 2n)
  expect((await find()).until).toBeNull()
})

it('nothing is known, and every change may be held, where the role may not read the staged records', async () => {
  const { deps } = await world()
  const refused = async () => {
    throw new StreamError('permission_missing', 'DynamoDB refused access to table staged')
  }
  const tables = { ...deps.tables, query: refused }
  const { until, isHeld } = await createFindStockProgress({ ...deps, tables })(connection, ['netsuite'])
  expect([until, isHeld('A-1')]).toEqual([null, true])
})
