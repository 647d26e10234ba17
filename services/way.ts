import type { Lock } from './lock.ts'
import type { Address, ServiceName } from './names.ts'

/** What every way of starting services is given. The lock is that of the data folder. */
export interface StartContext {
  readonly dataDir: string
  /** Tables and schemas may be gone when the servers are: they need no disk then. */
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

/** A way that can be gone, with the reason in words; or why it can't. */
export type OpenedWay =
  | { readonly possible: true; readonly because: string; start(): Promise<StartedWay> }
  | { readonly possible: false; readonly why: string }

/** One way to get servers. `open` looks whether it can be gone here and fetches what it needs; it starts nothing yet. */
export interface Way {
  open(names: readonly ServiceName[], context: StartContext): Promise<OpenedWay>
}
