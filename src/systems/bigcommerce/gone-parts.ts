import { Type } from 'typebox'
import { withoutLines } from '../../rules/split-order.ts'
import { noteOf, type ReaderNotes } from '../kit/reader-notes.ts'
import type { ReadEntity } from '../kit/source.ts'

const partsNote = Type.Object({ parts: Type.Array(Type.String()) })

/** Adds deletions of parts that no longer exist; `orders` must contain all current parts of each order. */
export type WithGoneParts = (orders: readonly ReadEntity<'orders'>[]) => Promise<readonly ReadEntity<'orders'>[]>

/**
 * An order to several addresses is one order per address. If it is edited to have fewer, its lines move to the
 * remaining ones, and the part of a removed address is deleted: otherwise its lines would be sent twice (Guarantee 7).
 * The parts are noted before any of them is published.
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
