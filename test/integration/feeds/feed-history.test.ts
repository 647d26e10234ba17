import { expect, inject, it, onTestFinished } from 'vitest'
import { recordKey } from '../../../src/events/topics.ts'
import { feedHistory, type RowChange } from '../../../src/operations/history/feed-history.ts'
import { everything } from '../../../src/operations/principal.ts'
import { openOperations } from '../../../src/operations/wiring.ts'
import { partitionOfKey } from '../../../src/platform/kafka/partition-of-key.ts'
import { addPairs } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { startProgram } from '../../worlds/processes.ts'
import { install } from '../../worlds/processes-roles.ts'

const by = everything({ kind: 'cli', name: null })
const head = { connection: 'c', source: 'erp', sku: 'A-1' }
const OTHERS = 25_000

it('is found among many records of a real topic, a bounded piece at a time', async () => {
  const { platform, env, close } = await install('feed-history', inject('services'))
  onTestFinished(() => close())
  const { config, producer, codec, tables } = platform
  const topic = `${config.topicPrefix}universal-inventory`
  const ours = partitionOfKey('c|erp|A-1', config.partitions)
  const neighbors = Array.from({ length: 2_000 }, (_, n) => `B-${n}`).filter(
    (sku) => partitionOfKey(`c|erp|${sku}`, config.partitions) === ours,
  )
  const send = async (events: readonly ReturnType<typeof inventoryChanged>[]) => {
    const values = await Promise.all(events.map((event) => codec.encode('universal-inventory', event)))
    await producer.send(
      events.map(({ connection, source, key }, index) => ({
        topic,
        key: recordKey(connection, source, key),
        value: values[index] ?? Buffer.alloc(0),
      })),
    )
  }
  await send([inventoryChanged({ ...head, readAt: 1 }, '3')])
  const others = Array.from({ length: OTHERS }, (_, n) =>
    inventoryChanged({ ...head, sku: neighbors[n % neighbors.length] ?? '', readAt: n }, `${n}`),
  )
  for (let from = 0; from < OTHERS; from += 2_500) await send(others.slice(from, from + 2_500))
  await send([inventoryChanged({ ...head, readAt: 2, taskId: 'run-2' }, '7')])
  await addPairs(tables, inventoryFeed, ['c|erp'])
  const operations = openOperations(platform)
  onTestFinished(() => operations.close())
  const found: RowChange[] = []
  const took: number[] = []
  for (let after: string | null = null, more = true; more; more = after !== null) {
    const begun = performance.now()
    const page = await feedHistory(operations, by, {
      connection: 'c',
      key: 'A-1',
      feed: 'inventory',
      since: null,
      limit: 50,
      after,
    })
    took.push(Math.round(performance.now() - begun))
    found.push(...page.items)
    after = page.next
  }
  console.info(`looked at ${OTHERS} records in ${took.length} pages of ${took.join(', ')} ms`)
  expect(took).toHaveLength(3)
  expect(found.map(({ task, changes }) => [task, changes?.[0] ?? null])).toEqual([
    ['run-2', null],
    ['run-2', { field: 'total', before: '3', after: '7' }],
    [null, { field: 'total', before: null, after: '3' }],
  ])
  const program = await startProgram({ name: 'waldstream', args: ['src/cli/main.ts', 'history', 'c', 'A-1'], env })
  expect([await program.exited, program.output()]).toMatchObject([{ code: 0 }, expect.any(String)])
  expect(program.output()).toMatch(/inventory \(erp, run-2\)\n {4}total: "3" → "7"/)
  expect(program.output()).toContain('there are no older changes')
})
