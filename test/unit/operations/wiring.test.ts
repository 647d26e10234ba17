import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { everything } from '../../../src/operations/principal.ts'
import { listStaged } from '../../../src/operations/staged.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { openOperations } from '../../../src/operations/wiring.ts'
import { createPersonKeys } from '../../../src/platform/persons/person-keys.ts'
import { retentionOfAll } from '../../../src/platform/persons/retention.ts'
import { createPositions } from '../../../src/platform/runtime/positions.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryProducer } from '../../memory/producer.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, memoryReporter, silentLogger } from '../../worlds/stage-context.ts'

const unused = async () => Promise.reject(new Error('is not used'))

function fixture(failures: number) {
  const tables = memoryTables(tableDefinitions)
  const opened = { times: 0, closed: 0 }
  const operations = openOperations({
    tables,
    systemTypes,
    clock: manualClock(5),
    logger: silentLogger,
    config: {
      environment: {},
      auditDays: 400,
      topicPrefix: 'p.',
      partitions: 2,
      feedSettleMs: 5000,
      runLeaseMs: 30_000,
      mail: null,
      publicUrl: null,
    },
    log: { read: unused, scan: unused, producer: unused, consume: unused, admin: unused },
    producer: memoryProducer(),
    admin: { createTopics: unused, ends: unused, committed: unused, close: unused },
    codec: memoryCodec(),
    personKeys: createPersonKeys({ tables, clock: manualClock(5), randomBytes, retention: retentionOfAll(null) }),
    reporter: memoryReporter(),
    positions: createPositions(tables),
    grounds: {
      replication: 1,
      openInspector: unused,
      describeTables: unused,
      registry: { latest: unused, compatibility: unused, accepts: unused },
      examine: unused,
    },
    async openReader() {
      opened.times += 1
      if (opened.times <= failures) throw new Error('the broker does not answer')
      return {
        read: async (places) => places.map(() => null),
        async close() {
          opened.closed += 1
        },
      }
    },
  })
  const staged = async () => {
    const filter = { connection: 'c1', entity: 'orders', status: null, key: null, since: null, until: null }
    const by = everything({ kind: 'cli', name: 'ann' })
    return await listStaged(operations, by, { filter, payloads: 'events', limit: 1, after: null })
  }
  return { tables, opened, operations, staged }
}

async function stageOne(tables: ReturnType<typeof fixture>['tables']): Promise<void> {
  const places = [{ source: { topic: 'p.orders', partition: 0, offset: 1, bytes: 10 }, mapped: null }]
  const record = statusRecord('deliver-erp', 1, [entityResult({ status: 'failed' })], 't', places)
  await stagedStage({ tables, settleMs: 0 }).handle([record], batchContext().context)
}

it('connects the reader of records at the first use, once, and closes it', async () => {
  const { tables, opened, operations, staged } = fixture(0)
  await stageOne(tables)
  expect(opened.times).toBe(0)
  await Promise.all([staged(), staged()])
  await operations.close()
  expect(opened).toEqual({ times: 1, closed: 1 })
})

it('connects the reader again after a failure, and closes nothing that never opened', async () => {
  const { tables, opened, operations, staged } = fixture(1)
  await stageOne(tables)
  await expect(staged()).rejects.toThrow('the broker does not answer')
  expect((await staged()).items).toHaveLength(1)
  await operations.close()
  expect(opened).toEqual({ times: 2, closed: 1 })
  const idle = fixture(0)
  await idle.operations.close()
  expect(idle.opened).toEqual({ times: 0, closed: 0 })
})

it('knows the stages of what is configured now', async () => {
  const { operations } = fixture(0)
  expect(await operations.parkingStages()).toContain('route-orders')
})
