import type { Original } from './original.ts'

/** The outcome of a retry with the current configuration, found out without sending, writing or calling anything. */
export interface RetryPreview {
  /** `processor`: it was run; `sink`: shows what the target has; `other`: shows only the event. */
  readonly kind: 'processor' | 'sink' | 'other'
  /** In words. */
  readonly verdict: string
  /** As it would be read; null if it can't be. */
  readonly event: unknown
  /** The errors that it would still cause. */
  readonly errors: readonly {
    readonly connection: string | null
    readonly code: string
    readonly field: string | null
    readonly message: string
  }[]
  /** What a processor would decide for each connection. */
  readonly decisions: readonly {
    readonly connection: string | null
    readonly status: string
    readonly code: string | null
    readonly message: string | null
  }[]
  /** Events that a processor would append. */
  readonly outputs: readonly { readonly topic: string; readonly key: string; readonly event: unknown }[]
  /** What the target of a sink has of the entity. */
  readonly delivery: { readonly state: string; readonly target_id: string | null; readonly newer: boolean } | null
}

/** Provided by the composition root, which alone knows every stage. `persons`: events include personal data. */
export type PreviewRetry = (stage: string, original: Original, persons: boolean) => Promise<RetryPreview>
