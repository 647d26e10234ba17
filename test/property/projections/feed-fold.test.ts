import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FeedRow } from '../../../src/projections/feed-row.ts'
import { rankOf } from '../../../src/projections/feed-row.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { inventoryChanged } from '../../data/feed-events.ts'

const events = fc
  .uniqueArray(fc.record({ version: fc.nat({ max: 50 }), mapping: fc.nat({ max: 3 }), stock: fc.nat({ max: 2 }) }), {
    minLength: 1,
    maxLength: 12,
    selector: ({ version, mapping }) => `${version}/${mapping}`,
  })
  .map((list) =>
    list.map(({ version, mapping, stock }) =>
      inventoryChanged(
        { occurredAt: version, readAt: version, mappingRevision: mapping, deleted: stock === 2 },
        String(stock),
      ),
    ),
  )

type Event = ReturnType<typeof inventoryChanged>

const at = (offset: number) => ({ time: 1000 + offset, offset: BigInt(offset) })
const fold = (list: readonly Event[], begin?: FeedRow): FeedRow | undefined =>
  list.reduce<FeedRow | undefined>((row, event, offset) => inventoryFeed.evolve(row, event, at(offset)), begin)

it('changes nothing when events come again, in any order', () => {
  fc.assert(
    fc.property(events, fc.infiniteStream(fc.nat()), (list, order) => {
      const row = fold(list)
      const again = [...list, ...list].map((event) => ({ event, by: order.next().value ?? 0 }))
      const shuffled = again.toSorted((a, b) => a.by - b.by).map(({ event }) => event)
      expect(fold(shuffled, row)).toBe(row)
    }),
  )
})

it('ends with the newest version and mapping, whatever the order of arrival', () => {
  fc.assert(
    fc.property(events, (list) => {
      const newest = list.toSorted((a, b) => (rankOf(a) < rankOf(b) ? 1 : -1))[0]
      const row = fold(list)
      expect(row?.event_id).toBe(newest?.eventId)
      expect(row?.deleted).toBe(newest?.deleted)
    }),
  )
})

it('moves the position exactly when what the reader sees changes', () => {
  fc.assert(
    fc.property(events, (list) => {
      let row: FeedRow | undefined
      for (const [offset, event] of list.entries()) {
        const next = inventoryFeed.evolve(row, event, at(offset))
        const seen = (one: FeedRow | undefined) => JSON.stringify([one?.deleted, one?.data])
        expect(next.position !== row?.position).toBe(seen(next) !== seen(row))
        expect(next.updated_at).toBe(new Date(Number(next.position.slice(0, 15))).toISOString())
        row = next
      }
    }),
  )
})
