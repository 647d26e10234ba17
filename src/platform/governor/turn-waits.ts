/** How long the calls of one piece of work have waited for their turns. */
export interface TurnWaits {
  ms(now: number): number
}

interface Meter {
  waiting: number
  since: number
  total: number
}

const meters = new WeakMap<AbortSignal, Meter>()

/** Measures the waits of every call that is made with this signal: they are no fault of the system that is called. */
export function measureTurnWaits(signal: AbortSignal): TurnWaits {
  const meter: Meter = { waiting: 0, since: 0, total: 0 }
  meters.set(signal, meter)
  return { ms: (now) => meter.total + (meter.waiting > 0 ? now - meter.since : 0) }
}

/** A call with this signal waits from now on; to be called again when its turn has come. */
export function beginTurnWait(signal: AbortSignal | undefined, now: number): (now: number) => void {
  const meter = signal === undefined ? undefined : meters.get(signal)
  if (meter === undefined) return () => undefined
  if (meter.waiting === 0) meter.since = now
  meter.waiting += 1
  return (end) => {
    meter.waiting -= 1
    if (meter.waiting === 0) meter.total += end - meter.since
  }
}
