import { textOf, wireOf } from '../../src/systems/kit/wire.ts'
import type { NetSuiteClient } from '../../src/systems/netsuite/client.ts'
import type { MemoryNetSuite, MemoryRecord } from '../memory/netsuite.ts'
import { fulfilledOf } from './shipped.ts'

/** What the vendor had on order of a SKU, from a time on, for one order. */
interface Step {
  readonly at: number
  /** The record's own id: an order that replaces another one takes its record, under a new external id. */
  readonly record: string
  readonly pieces: ReadonlyMap<string, number>
}

/** NetSuite commits no stock to such an order. */
const PENDING_APPROVAL = 'A'

/** What the vendor had on order at each time: its account is watched, and nothing of the program is asked. */
export class OnOrder {
  readonly #now: () => number
  readonly #erp: Pick<MemoryNetSuite, 'records' | 'skuOf'>
  readonly #steps: Step[] = []

  constructor(erp: Pick<MemoryNetSuite, 'records' | 'skuOf'>, now: () => number) {
    this.#erp = erp
    this.#now = now
  }

  /** The account, where each change of an order is noted. */
  watch(client: NetSuiteClient): NetSuiteClient {
    return {
      ...client,
      for() {
        return this
      },
      upsertByExternalId: async (type, id, body, options) => {
        const answer = await client.upsertByExternalId(type, id, body, options)
        const record = this.#erp.records.find((one) => one.type === 'salesOrder' && one.externalId === id)
        if (record !== undefined)
          this.#steps.push({ at: this.#now(), record: record.id, pieces: this.#piecesOf(record) })
        return answer
      },
    }
  }

  /** Pieces of a SKU that are on order now, and were not before a time. */
  sinceRead(sku: string, readAt: number): number {
    const [then, now] = [new Map<string, number>(), new Map<string, number>()]
    for (const { at, record, pieces } of this.#steps) {
      if (at < readAt) then.set(record, pieces.get(sku) ?? 0)
      now.set(record, pieces.get(sku) ?? 0)
    }
    return [...now].reduce((sum, [id, pieces]) => sum + Math.max(0, pieces - (then.get(id) ?? 0)), 0)
  }

  #piecesOf({ fields, lines }: MemoryRecord): ReadonlyMap<string, number> {
    if (textOf(wireOf(fields['orderStatus'])['id']) === PENDING_APPROVAL) return new Map()
    const pieces = new Map<string, number>()
    for (const line of lines) {
      const sku = this.#erp.skuOf(textOf(wireOf(line['item'])['id']) ?? '')
      const count = line['isClosed'] === true ? fulfilledOf(line) : Number(line['quantity'])
      pieces.set(sku, (pieces.get(sku) ?? 0) + count)
    }
    return pieces
  }
}
