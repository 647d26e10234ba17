import { Type } from 'typebox'
import { withoutLines } from '../../rules/split-order.ts'
import { noteOf, type ReaderNotes } from '../kit/reader-notes.ts'
import type { ReadEntity } from '../kit/source.ts'

const partsNote = Type.Object({ parts: Type.Array(Type.String()) })

/** The orders with what became of their parts; `orders` are whole: each with all the parts it has now. */
export type WithGoneParts = (orders: readonly ReadEntity<'orders'>[]) => Promise<readonly ReadEntity<'orders'>[]>

/**
 * An order to several addresses is an order for each. One that is edited to fewer has its lines in those that are left: the
 * part of an address that is gone is deleted, else what it held would be sent twice (Guarantee 7). Which parts there were is
 * noted before any of them is published.
 */
export function createGoneParts(notes: ReaderNotes, system: string): WithGoneParts {
  const noteId = (order: string) => `parts ${system} ${order}`
  return async (orders) => {
    const byOrder = Map.groupBy(orders, ({ data }) => data.orderId)
    const known = await notes.find([...byOrder.keys()].map(noteId))
    const gone: ReadEntity<'orders'>[] = []
    const fresh: { readonly id: string; readonly parts: readonly string[] }[] = []
    for (const [order, own] of byOrder) {
      const parts = own.map(({ key }) => key).filter((key) => key !== order)
      const before = noteOf(known, noteId(order), partsNote)?.parts ?? []
      const all = [...new Set([...before, ...parts])]
      if (all.length > before.length) fresh.push({ id: noteId(order), parts: all })
      gone.push(...before.filter((key) => !parts.includes(key)).flatMap((key) => own.slice(0, 1).map(goneAs(key))))
    }
    if (fresh.length > 0) await notes.keep(fresh)
    return [...orders, ...gone]
  }
}

const goneAs =
  (key: string) =>
  ({ occurredAt, data }: ReadEntity<'orders'>): ReadEntity<'orders'> => {
    return { key, occurredAt, deleted: true, data: { ...withoutLines(data), orderNumber: key }, raw: null }
  }
