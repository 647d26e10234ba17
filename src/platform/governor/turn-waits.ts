/** Time that the calls of one piece of work have waited for their turns. */
export interface TurnWaits {
  ms(now: number): number
}

interface Meter {
  waiting: number
  since: number
  total: number
}

const meters = new WeakMap<AbortSignal, readonly Meter[]>()

/** Measures the waits of every call made with this signal: the called system does not cause them. */
export function measureTurnWaits(signal: AbortSignal): TurnWaits {
  const meter: Meter = { waiting: 0, since: 0, total: 0 }
  meters.set(signal, [meter])
  return { ms: (now) => meter.total + (meter.waiting > 0 ? now - meter.since : 0) }
}

/** Starts the wait of a call with this signal; call the returned function when its turn has come. */
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
  /** Call it when the call has ended: removes all listeners. */
  release(): void
}

/**
 * Signal of one call that several callers share: aborts once all of them have aborted, so that a call no longer needed
 * is not sent later. Its waits count for each of them.
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
