import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import { noteCall } from '../../../src/platform/recorded-calls.ts'
import { attemptsOfEvent } from '../../../src/processors/delivery/order-calls.ts'
import { sinkTables } from '../../../src/processors/tables.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { sinkWorld, version } from '../../worlds/sink-world.ts'

const services = inject('services')
Object.assign(process.env, services)
const dynamo = createTables({
  endpoint: services['DYNAMODB_ENDPOINT'] ?? null,
  region: services['AWS_REGION'] ?? 'local',
  prefix: `calls-${process.pid}-`,
  logger: pino({ level: 'silent' }),
})
beforeAll(async () => await dynamo.create(sinkTables))
afterAll(() => dynamo.close())

const START = Date.UTC(2026, 0, 1)

it('calls of the attempts between two times are read from DynamoDB, the largest that are kept, too', async () => {
  const clock = manualClock(START)
  const world = sinkWorld(clock, undefined, dynamo.tables)
  let attempt = 0
  // Nothing in it repeats: packed it is as large as it gets. One word, in which there is no person's.
  const noise = () => randomBytes(14_000).toString('base64').replaceAll(/\W/g, '').slice(0, 16_000)
  const worker = world.worker({
    async deliver(_event, write, signal) {
      attempt += 1
      const call = { at: clock.now(), method: 'PUT', address: 'erp/orders', status: 200, ms: 1, error: null }
      for (let one = 0; one < 20; one += 1) noteCall(signal, { ...call, request: noise(), answer: `answer ${attempt}` })
      if (attempt === 1) throw new StreamError('item_missing', 'no such item')
      write()
    },
  })
  const event = version('1', 1)
  expect(await worker.handle(world.append(event))).toEqual(['1 waiting item_missing'])
  clock.set(START + 60_000)
  expect(await worker.tick()).toEqual(['1 succeeded'])
  const of = { order: recordKey('magento', '1'), event_id: event.eventId }
  const time = (ms: number) => new Date(START + ms).toISOString()
  const all = await attemptsOfEvent(dynamo.tables, of, { after: '', to: time(60_000) })
  expect(all.map(({ at, calls }) => [at, calls.length, calls.at(-1)?.answer])).toEqual([
    [time(0), 20, 'answer 1'],
    [time(60_000), 20, 'answer 2'],
  ])
  expect(all[0]?.calls.at(-1)?.request).toHaveLength(16_000)
  expect(await attemptsOfEvent(dynamo.tables, of, { after: time(0), to: time(60_000) })).toHaveLength(1)
  expect(await attemptsOfEvent(dynamo.tables, of, { after: '', to: time(59_999) })).toHaveLength(1)
})
