interface PaceClock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Lets callers through no more often than they say, whoever they are; each waits for its turn. */
export interface Pace {
  turn(perSecond: number): Promise<void>
}

export function createPace(clock: PaceClock): Pace {
  let free = 0
  return {
    async turn(perSecond) {
      const now = clock.now()
      const mine = Math.max(now, free)
      free = mine + 1000 / perSecond
      if (mine > now) await clock.sleep(mine - now)
    },
  }
}
