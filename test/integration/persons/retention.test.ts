import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { encodeSystem } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { isForgotten } from '../../../src/events/forgotten.ts'
import { destroyOldKeys } from '../../../src/operations/forget/forget-by-age.ts'
import { openPersonalData } from '../../../src/operations/personal-data.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import { systemWith } from '../../data/configuration.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const services = inject('services')
Object.assign(process.env, services)
const dynamo = createTables({
  endpoint: services['DYNAMODB_ENDPOINT'] ?? null,
  region: services['AWS_REGION'] ?? 'local',
  prefix: `retention-${process.pid}-`,
  logger: silentLogger,
})
beforeAll(async () => await dynamo.create(tableDefinitions))
afterAll(() => dynamo.close())

const MAY = Date.UTC(2026, 4, 3)
const DAY = 86_400_000
const { signal } = new AbortController()

it('keys of what a shop keeps no longer are destroyed, those that another shop keeps are not', async () => {
  const { tables } = dynamo
  const configure = async (id: string, days: number) => {
    const document = encodeSystem(systemWith(id, 'magento2', { retention: { orders: `${days} days` } }))
    await tables.put(CONNECTIONS, { kind: 'system', id, document })
  }
  await configure('first', 100)
  await configure('second', 200)
  const clock = manualClock(MAY)
  const config = { personalData: 'encrypted', retainOrdersDays: null } as const
  const process = async () => await openPersonalData({ tables, clock, codec: memoryCodec() }, config)
  const { codec } = await process()
  const write = async (source: string, customerEmail: string) => {
    const event = orderChanged(orderOf([lineOf('1', 'A-1')], { placedAt: MAY, customerEmail }), { source })
    const [admitted = event] = (await codec.persons?.admit('orders', [event])) ?? []
    return codec.encode('orders', admitted)
  }
  const own = await write('first', 'zoe@example.com')
  const shared = [await write('first', 'ann@example.com'), await write('second', 'ann@example.com')] as const
  const read = async (bytes: Buffer) => isForgotten((await (await process()).codec.decode('orders', bytes)).data)
  const destroy = async () => await destroyOldKeys({ tables, clock, personKeys: (await process()).personKeys }, signal)
  expect(await destroy()).toBe(0)
  clock.set(Date.UTC(2026, 5) + 101 * DAY)
  expect(await destroy()).toBe(1)
  expect([await read(own), await read(shared[0]), await read(shared[1])]).toEqual([true, true, false])

  // A longer time brings nothing back that was destroyed; a shorter one holds for what is there.
  await configure('first', 900)
  expect([await read(own), await read(shared[0])]).toEqual([true, false])
  await configure('first', 31)
  await configure('second', 31)
  clock.set(Date.UTC(2026, 5) + 103 * DAY)
  expect(await destroy()).toBe(1)
  expect([await read(own), await read(shared[0]), await read(shared[1])]).toEqual([true, true, true])
})
