/** What one run took. */
export interface Measured {
  readonly events: number
  /** From the first batch that was handed over to the last commit that was acknowledged. */
  readonly seconds: number
  /** Of this process alone, user and system, in the same time. */
  readonly cpuSeconds: number
  /** From the start of the process to the first batch. */
  readonly startSeconds?: number
  /** The most memory the process ever held. */
  readonly rssMb: number
}

export interface Meter {
  /** Starts it; further calls change nothing. True: this call did. */
  begin(): boolean
  hasBegun(): boolean
  end(events: number): Measured
}

export function createMeter(): Meter {
  let begun: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined
  return {
    begin() {
      if (begun !== undefined) return false
      begun = { at: performance.now(), cpu: process.cpuUsage() }
      return true
    },
    hasBegun: () => begun !== undefined,
    end(events) {
      if (begun === undefined) throw new Error('nothing was handed over')
      const { user, system } = process.cpuUsage(begun.cpu)
      return {
        events,
        seconds: (performance.now() - begun.at) / 1000,
        cpuSeconds: (user + system) / 1e6,
        startSeconds: begun.at / 1000,
        rssMb: process.resourceUsage().maxRSS / 1024,
      }
    },
  }
}
