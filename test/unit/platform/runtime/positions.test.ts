import { beforeEach, describe, expect, it } from 'vitest'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import type { LogAdmin } from '../../../../src/platform/kafka/event-log.ts'
import { beginEmpty } from '../../../../src/platform/runtime/begin-empty.ts'
import { createPositions, type Positions, positionTables } from '../../../../src/platform/runtime/positions.ts'
import { checkPositions, knownPositions } from '../../../../src/platform/runtime/start-positions.ts'
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

describe('known positions', () => {
  const assigned = (...partitions: readonly number[]) => new Map([['t', partitions]])

  it("are the broker's where it has them, and the kept ones where it has forgotten", async () => {
    await positions.note('g', 't', 1, 42n)
    await positions.note('g', 't', 0, 7n)
    const known = await knownPositions('g', assigned(0, 1), { admin: broker([100n, null]), positions })
    expect(known).toEqual(
      new Map([
        [
          't',
          new Map([
            [0, { committed: 100n, kept: null }],
            [1, { committed: null, kept: 42n }],
          ]),
        ],
      ]),
    )
  })

  it('are those of the given partitions alone, and null where nobody knows', async () => {
    const known = await knownPositions('g', assigned(1), { admin: broker([5n, null]), positions })
    expect(known).toEqual(new Map([['t', new Map([[1, { committed: null, kept: null }]])]]))
  })

  it('must be known of a sink, and the error says what to do', async () => {
    const deps = { admin: broker([5n, null]), positions }
    const checked = checkPositions('deliver-erp', ['t'], deps)
    await expect(checked).rejects.toMatchObject({ code: 'no_position' })
    await expect(checked).rejects.toThrow(/partitions 1\b.*waldstream positions set deliver-erp/)
    await positions.note('deliver-erp', 't', 1, 0n)
    await checkPositions('deliver-erp', ['t'], deps)
  })
})

describe('a group that is new to a topic', () => {
  const ends = (of: readonly bigint[]) => async () => of.map((end, partition) => ({ partition, start: 0n, end }))
  const consumed = [{ group: 'deliver-shop:shop-inventory', topic: 'shop-inventory.shop' }]

  it('begins where the topic never had a record, though an earlier version made the topic', async () => {
    await beginEmpty(consumed, { admin: { ends: ends([0n, 0n]) }, positions }, 2)
    const admin = { ...broker([null, null]), ends: ends([3n, 0n]) }
    const assigned = new Map([['shop-inventory.shop', [0, 1]]])
    const known = await knownPositions('deliver-shop:shop-inventory', assigned, { admin, positions })
    const begun = { committed: null, kept: 0n }
    expect(known.get('shop-inventory.shop')).toEqual(
      new Map([
        [0, begun],
        [1, begun],
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
