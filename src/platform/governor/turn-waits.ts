/** How long the calls of one piece of work have waited for their turns. */
export interface TurnWaits {
  ms(now: number): number
}

interface Meter {
  waiting: number
  since: number
  total: number
}

const meters = new WeakMap<AbortSignal, readonly Meter[]>()

/** Measures the waits of every call that is made with this signal: they are no fault of the system that is called. */
export function measureTurnWaits(signal: AbortSignal): TurnWaits {
  const meter: Meter = { waiting: 0, since: 0, total: 0 }
  meters.set(signal, [meter])
  return { ms: (now) => meter.total + (meter.waiting > 0 ? now - meter.since : 0) }
}

/** A call with this signal waits from now on; to be called again when its turn has come. */
export function beginTurnWait(signal: AbortSignal | undefined, now: number): (now: number) => void {
  const measuring = (signal === undefined ? undefined : meters.get(signal)) ?? []
  for (const meter of measuring) {
    if (meter.waiting === 0) meter.since = now
    meter.waiting += 1
  }
  return (end) => {
    for (const meter of measuring) {
      meter.waiting -= 1
      if (meter.waiting === 0) meter.total += end - meter.since
    }
  }
}

export interface JointSignal {
  readonly signal: AbortSignal
  /** To be called when the call has ended: nothing listens any more. */
  release(): void
}

/**
 * For one call that several wait for: it aborts once all of them have given up, so that what nobody waits for is not sent
 * long after; what it waits for its turn counts for each of them.
 */
export function joinSignals(signals: readonly AbortSignal[]): JointSignal {
  const all = new AbortController()
  const left = new Set(signals)
  const ends = [...left].map((signal) => {
    const end = () => {
      left.delete(signal)
      if (left.size === 0) all.abort(signal.reason)
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
    return () => signal.removeEventListener('abort', end)
  })
  const measuring = [...left].flatMap((signal) => meters.get(signal) ?? [])
  meters.set(all.signal, measuring)
  const release = () => {
    for (const stopListening of ends) stopListening()
  }
  return { signal: all.signal, release }
}
