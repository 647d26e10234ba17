import { StreamError, toStreamError } from '../../errors.ts'
import { joinSignals } from '../../platform/governor/turn-waits.ts'

/** The absolute level of one SKU at one location. */
export interface Adjustment {
  readonly location_id: number
  readonly sku: string
  readonly quantity: number
}

/** Most items in one request. */
const MOST_ITEMS = 2000

interface Entry {
  readonly items: readonly Adjustment[]
  readonly signal: AbortSignal
  settle(error: StreamError | null): void
}

type Adjust = (items: readonly Adjustment[], signal: AbortSignal) => Promise<void>

/**
 * Combines adjustments into requests: while one request is in flight, the next one fills up. A request that BigCommerce
 * rejects is split until the invalid entry is isolated (Guarantee 5). Two levels of the same SKU and location never
 * share a request, so that the later one wins. A request that no caller waits for any more is aborted: sent late, it
 * could overwrite what another process has written.
 */
export function createStockBatch(adjust: Adjust) {
  const waiting: Entry[] = []
  let running = false
  const pump = async (): Promise<void> => {
    if (running) return
    running = true
    // Entries added in the same turn share a request.
    await Promise.resolve()
    while (waiting.length > 0) await send(takeBatch(waiting), adjust)
    running = false
  }
  return {
    /** Resolves when BigCommerce has accepted all items; rejects with `stopping` if the signal aborts. */
    async put(items: readonly Adjustment[], signal: AbortSignal): Promise<void> {
      await new Promise<void>((resolve, reject) => {
        const giveUp = () => reject(new StreamError('stopping', 'the adjustment was aborted', { cause: signal.reason }))
        if (signal.aborted) return giveUp()
        signal.addEventListener('abort', giveUp, { once: true })
        const settle = (error: StreamError | null) => {
          signal.removeEventListener('abort', giveUp)
          if (error === null) resolve()
          else reject(error)
        }
        waiting.push({ items, signal, settle })
        void pump()
      })
    },
  }
}

/** As many entries as fit, without aborted ones. */
function takeBatch(waiting: Entry[]): readonly Entry[] {
  const batch: Entry[] = []
  const places = new Set<string>()
  const left: Entry[] = []
  let count = 0
  for (const entry of waiting.splice(0)) {
    if (entry.signal.aborted) continue
    const own = entry.items.map(({ location_id, sku }) => `${location_id}|${sku}`)
    const fits = batch.length === 0 || count + entry.items.length <= MOST_ITEMS
    if (!fits || own.some((place) => places.has(place))) {
      left.push(entry)
      // An entry that waits blocks its SKUs and locations for later entries.
      for (const place of own) places.add(place)
      continue
    }
    batch.push(entry)
    count += entry.items.length
    for (const place of own) places.add(place)
  }
  waiting.unshift(...left)
  return batch
}

async function send(batch: readonly Entry[], adjust: Adjust): Promise<void> {
  if (batch.length === 0) return
  const joint = joinSignals(batch.map(({ signal }) => signal))
  try {
    await adjust(
      batch.flatMap(({ items }) => items),
      joint.signal,
    )
    for (const { settle } of batch) settle(null)
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.code !== 'target_rejected' || batch.length === 1) {
      for (const { settle } of batch) settle(error)
      return
    }
    const half = Math.ceil(batch.length / 2)
    await send(batch.slice(0, half), adjust)
    await send(batch.slice(half), adjust)
  } finally {
    joint.release()
  }
}
