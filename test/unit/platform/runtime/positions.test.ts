import { beforeEach, describe, expect, it } from 'vitest'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import type { LogAdmin } from '../../../../src/platform/kafka/event-log.ts'
import { beginEmpty } from '../../../../src/platform/runtime/begin-empty.ts'
import { createPositions, type Positions, positionTables } from '../../../../src/platform/runtime/positions.ts'
import { startPositions } from '../../../../src/platform/runtime/start-positions.ts'
import { memoryTables } from '../../../memory/tables.ts'

let tables: Tables
let positions: Positions

beforeEach(() => {
  tables = memoryTables(positionTables)
  positions = createPositions(tables)
})

function broker(committed: readonly (bigint | null)[]): LogAdmin {
  return {
    createTopics: async () => [],
    ends: async () => [],
    committed: async () => new Map(committed.map((offset, partition) => [partition, offset])),
    close: async () => undefined,
  }
}

describe('positions', () => {
  it('are kept by group, topic and partition, and never go back by themselves', async () => {
    await positions.note('g', 't', 0, 9n)
    await positions.note('g', 't', 0, 10n)
    await positions.note('g', 't', 0, 7n)
    await positions.note('g', 'other', 0, 1n)
    await positions.note('g', 't', 11, 3n)
    expect(await positions.read('g', 't')).toEqual(
      new Map([
        [0, 10n],
        [11, 3n],
      ]),
    )
  })

  it('say up to which time they are processed, once there is one; set by hand, they say nothing', async () => {
    await positions.noteUntil('g', 't', 0, 900)
    expect(await positions.readUntil('g', 't')).toEqual(new Map())
    await positions.note('g', 't', 0, 9n)
    await positions.noteUntil('g', 't', 0, 1_000)
    await positions.noteUntil('g', 't', 0, 900)
    await positions.note('g', 't', 0, 10n)
    await positions.note('g', 't', 1, 1n)
    expect(await positions.readUntil('g', 't')).toEqual(new Map([[0, 1_000]]))
    expect(await positions.read('g', 't')).toEqual(
      new Map([
        [0, 10n],
        [1, 1n],
      ]),
    )
    await positions.set('g', 't', 0, 2n)
    expect(await positions.readUntil('g', 't')).toEqual(new Map())
  })

  it('are set back by hand', async () => {
    await positions.note('g', 't', 0, 9n)
    await positions.set('g', 't', 0, 2n)
    expect(await positions.read('g', 't')).toEqual(new Map([[0, 2n]]))
  })
})

describe('startPositions', () => {
  it("are the broker's where it has them, and the kept ones where it has forgotten", async () => {
    await positions.note('g', 't', 1, 42n)
    await positions.note('g', 't', 0, 7n)
    const starts = await startPositions('g', ['t'], true, { admin: broker([100n, null]), positions })
    expect(starts).toEqual(new Map([['t', new Map([[1, 42n]])]]))
  })

  it('refuse for a sink that has none anywhere, and say what to do', async () => {
    const starting = startPositions('deliver-erp', ['t'], true, { admin: broker([5n, null]), positions })
    await expect(starting).rejects.toMatchObject({ code: 'no_position' })
    await expect(starting).rejects.toThrow(/partitions 1\b.*waldstream positions set deliver-erp/)
  })

  it('leave a stage that may begin anywhere to the earliest record', async () => {
    const starts = await startPositions('g', ['t'], false, { admin: broker([null]), positions })
    expect(starts).toEqual(new Map([['t', new Map()]]))
  })
})

describe('a group that is new to a topic', () => {
  const ends = (of: readonly bigint[]) => async () => of.map((end, partition) => ({ partition, start: 0n, end }))
  const consumed = [{ group: 'deliver-shop:shop-inventory', topic: 'shop-inventory.shop' }]

  it('begins where the topic never had a record, though an earlier version made the topic', async () => {
    await beginEmpty(consumed, { admin: { ends: ends([0n, 0n]) }, positions }, 2)
    const admin = { ...broker([null, null]), ends: ends([3n, 0n]) }
    const starts = await startPositions('deliver-shop:shop-inventory', ['shop-inventory.shop'], true, {
      admin,
      positions,
    })
    expect(starts).toEqual(
      new Map([
        [
          'shop-inventory.shop',
          new Map([
            [0, 0n],
            [1, 0n],
          ]),
        ],
      ]),
    )
  })

  it('begins nowhere where there are records, and stays where it is where it has been', async () => {
    await positions.note('deliver-shop:shop-inventory', 'shop-inventory.shop', 2, 7n)
    await beginEmpty(consumed, { admin: { ends: ends([5n, 0n, 0n]) }, positions }, 3)
    expect(await positions.read('deliver-shop:shop-inventory', 'shop-inventory.shop')).toEqual(
      new Map([
        [1, 0n],
        [2, 7n],
      ]),
    )
  })
})
