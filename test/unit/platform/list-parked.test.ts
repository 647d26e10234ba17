import { expect, it } from 'vitest'
import { listParked } from '../../../src/platform/runtime/list-parked.ts'
import { parkedId } from '../../../src/platform/runtime/parked-item.ts'
import { createParking, parkingTables } from '../../../src/platform/runtime/parking.ts'
import { memoryTables } from '../../memory/tables.ts'

const stages = Array.from({ length: 30 }, (_, i) => `stage-${i}`)
const about = {
  taskId: null,
  entity: 'orders',
  source: 's',
  key: 'k',
  connection: 'c',
  eventId: 'e',
  occurredAt: null,
  readAt: 0,
}

async function world() {
  const tables = memoryTables(parkingTables)
  const park = async (stage: string, partition: number, connection: string, offset: bigint) => {
    const record = { topic: 't', partition, offset, timestamp: 0, key: null, value: Buffer.alloc(1000), headers: [] }
    const id = parkedId(connection, 'orders|k', offset)
    const why = { rank: '', attempts: 1, firstAt: 0, code: 'item_missing', message: 'm', about, whole: true }
    await createParking(tables, stage, partition).park({ id, connection, key: 'orders|k', record, ...why }, { at: 0 })
  }
  let [asked, atOnce, most] = [0, 0, 0]
  const ranges: (number | undefined)[] = []
  const query: typeof tables.query = async (table, range) => {
    asked += 1
    atOnce += 1
    most = Math.max(most, atOnce)
    ranges.push(range.limit)
    return await tables.query(table, range).finally(() => {
      atOnce -= 1
    })
  }
  const list = (connection: string | null, limit: number, after: string | null) =>
    listParked({ ...tables, query }, { stages, partitions: 6, connection }, limit, after)
  return { tables, park, list, seen: () => ({ asked, most, limits: new Set(ranges) }) }
}

it('asks each partition once, many together, for no more than a page', async () => {
  const { park, list, seen } = await world()
  await park('stage-29', 5, 'c', 1n)
  const { rows, next } = await list(null, 50, null)
  expect([rows.map(({ stage, partition }) => `${stage}#${partition}`), next]).toEqual([['stage-29#5'], null])
  expect(seen()).toEqual({ asked: 180, most: 16, limits: new Set([50]) })
})

it('goes through everything page by page, each once, checks left out', async () => {
  const { tables, park, list } = await world()
  const wanted: string[] = []
  for (const [stage, partition, count] of [
    ['stage-0', 0, 5],
    ['stage-0', 3, 1],
    ['stage-7', 1, 12],
    ['stage-29', 5, 3],
  ] as const) {
    for (let offset = 0; offset < count; offset += 1) {
      await park(stage, partition, offset % 2 === 0 ? 'c' : 'd', BigInt(offset))
      wanted.push(`${stage}#${partition}@${offset}`)
    }
    await createParking(tables, stage, partition).check(
      { connection: 'c', key: 'orders|k', attempts: 1, firstAt: 0, mark: 'm', told: false },
      0,
    )
  }
  for (const limit of [1, 2, 3, 7, 50]) {
    for (const [connection, fits] of [
      [null, wanted],
      ['c', wanted.filter((one) => Number(one.split('@')[1]) % 2 === 0)],
    ] as const) {
      const found: string[] = []
      let after: string | null = null
      do {
        const page: Awaited<ReturnType<typeof list>> = await list(connection, limit, after)
        found.push(...page.rows.map(({ stage, partition, offset }) => `${stage}#${partition}@${offset}`))
        expect(page.rows.length).toBeLessThanOrEqual(limit)
        after = page.next
      } while (after !== null)
      expect(found.toSorted()).toEqual(fits.toSorted())
    }
  }
})
