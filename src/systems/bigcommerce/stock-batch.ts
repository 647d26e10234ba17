import { StreamError, toStreamError } from '../../errors.ts'
import { joinSignals } from '../../platform/governor/turn-waits.ts'

/** One level of one SKU at one location, absolute. */
export interface Adjustment {
  readonly location_id: number
  readonly sku: string
  readonly quantity: number
}

/** Items of a request at most. */
const MOST_ITEMS = 2000

interface Entry {
  readonly items: readonly Adjustment[]
  readonly signal: AbortSignal
  settle(error: StreamError | null): void
}

type Adjust = (items: readonly Adjustment[], signal: AbortSignal) => Promise<void>

/**
 * Puts what is asked for at about the same time into one request: while one is under way, the next fills up. A request that
 * BigCommerce refuses is halved until what is wrong stands alone (Guarantee 5). Levels of one SKU at one place never meet in
 * one request, so that the later one wins. A request that nobody waits for any more is ended: sent late, it would lie over
 * what another process has written.
 */
export function createStockBatch(adjust: Adjust) {
  const waiting: Entry[] = []
  let running = false
  const pump = async (): Promise<void> => {
    if (running) return
    running = true
    // Those that come in the same turn go together.
    await Promise.resolve()
    while (waiting.length > 0) await send(takeBatch(waiting), adjust)
    running = false
  }
  return {
    /** Resolves when BigCommerce has all of them; rejects with `stopping` when the signal aborts. */
    async put(items: readonly Adjustment[], signal: AbortSignal): Promise<void> {
      await new Promise<void>((resolve, reject) => {
        const giveUp = () => reject(new StreamError('stopping', 'the adjustment was ended', { cause: signal.reason }))
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

/** As many as fit, without those that were given up. */
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
      // What waits for a place keeps it from those behind.
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
