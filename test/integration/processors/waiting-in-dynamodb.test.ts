import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { resume } from '../../../src/control/pauses.ts'
import { type ErrorCode, StreamError } from '../../../src/errors.ts'
import { createTables } from '../../../src/platform/dynamodb/create-tables.ts'
import { sinkTables } from '../../../src/processors/tables.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { gate, sinkWorld, version } from '../../worlds/sink-world.ts'

const services = inject('services')
Object.assign(process.env, services)
const prefix = `waiting-${process.pid}-`
const dynamo = createTables({
  endpoint: services['DYNAMODB_ENDPOINT'] ?? null,
  region: services['AWS_REGION'] ?? 'local',
  prefix,
  logger: pino({ level: 'silent' }),
})
beforeAll(async () => await dynamo.create(sinkTables))
afterAll(() => dynamo.close())

const START = Date.UTC(2026, 0, 1)
const worldAt = (clock: ReturnType<typeof manualClock>) => sinkWorld(clock, undefined, dynamo.tables)

const failingOnce = (code: ErrorCode) => {
  let failed = false
  return async (_event: unknown, write: () => void) => {
    if (failed) return write()
    failed = true
    throw new StreamError(code, `it is ${code}`)
  }
}

describe('what waits, in DynamoDB', () => {
  it('is released when its time has come', async () => {
    const clock = manualClock(START)
    const world = worldAt(clock)
    const worker = world.worker({ deliver: failingOnce('item_missing') })
    expect(await worker.handle(world.append(version('1', 1)))).toEqual(['1 waiting item_missing'])
    expect(await worker.tick()).toEqual([])
    clock.set(START + 60_000)
    expect(await worker.tick()).toEqual(['1 succeeded'])
    expect(await world.parked()).toEqual([])
  })

  it('of a paused connection is released when the pause is deleted, the newest version of each key', async () => {
    const world = worldAt(manualClock(START))
    const worker = world.worker({ deliver: failingOnce('credentials_refused') })
    expect(await worker.handle(world.append(version('2', 1)))).toEqual(['2 waiting credentials_refused'])
    expect(await worker.handle(world.append(version('2', 2)), world.append(version('3', 1)))).toEqual(
      expect.arrayContaining(['2 superseded older_version', '3 waiting credentials_refused']),
    )
    expect(await world.pauses()).toMatchObject([{ connection: 'a', code: 'credentials_refused' }])
    expect(await worker.tick()).toEqual([])
    expect(await resume(dynamo.tables, 'deliver-netsuite', 'a')).toBe(true)
    expect(await resume(dynamo.tables, 'deliver-netsuite', 'a')).toBe(false)
    expect((await worker.tick()).toSorted()).toEqual(['2 succeeded', '3 succeeded'])
    expect(await world.parked()).toEqual([])
  })

  it('is looked at again after a frozen worker wrote late', async () => {
    const world = worldAt(manualClock(START))
    const [first, second] = [world.append(version('4', 1)), world.append(version('4', 2))]
    const frozen = gate()
    const zombie = world.worker({
      deliver: async (_event, write) => {
        await frozen.pass()
        write()
      },
    })
    const ends = zombie.handle(first)
    await frozen.entered
    const successor = world.worker()
    expect([...(await successor.handle(first)), ...(await successor.handle(second))]).toEqual([
      '4 succeeded',
      '4 succeeded',
    ])
    zombie.ending.abort(new Error('not ours'))
    frozen.open()
    await expect(ends).rejects.toMatchObject({ code: 'stopping' })
    expect(world.target.get('a-4')).toBe('v1')
    await successor.tick()
    expect(world.target.get('a-4')).toBe('v2')
  })
})
