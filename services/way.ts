import type { Lock } from './lock.ts'
import type { Address, ServiceName } from './names.ts'

/** Input for every way of starting services. The lock is that of the data folder. */
export interface StartContext {
  readonly dataDir: string
  /** Tables and schemas may be lost when the servers stop: they need no disk then. */
  readonly inMemory: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: (line: string) => void
  readonly signal: AbortSignal
  readonly lock: Lock
}

/** Services that answer. `stop` resolves when they are gone. */
export interface StartedWay {
  readonly addresses: readonly Address[]
  stop(): Promise<void>
}

/** A usable way, with the reason in words; or why it can't be used. */
export type OpenedWay =
  | { readonly possible: true; readonly because: string; start(): Promise<StartedWay> }
  | { readonly possible: false; readonly why: string }

/**
 * One way to get servers. `open` checks whether it can be used here and downloads what it needs, but does not start
 * servers yet.
 */
export interface Way {
  open(names: readonly ServiceName[], context: StartContext): Promise<OpenedWay>
}
