import type { Original } from './original.ts'

/** What a retry would come to with today's configuration. Nothing is sent, written or called for it. */
export interface RetryPreview {
  /** `processor`: it was run; `sink`: what the target has is shown; `other`: nothing more is known than the event. */
  readonly kind: 'processor' | 'sink' | 'other'
  /** In words. */
  readonly verdict: string
  /** As it would be read; null when it can't be. */
  readonly event: unknown
  /** The errors it would still give. */
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
  /** Events a processor would append. */
  readonly outputs: readonly { readonly topic: string; readonly key: string; readonly event: unknown }[]
  /** What the target of a sink has of the entity. */
  readonly delivery: { readonly state: string; readonly target_id: string | null; readonly newer: boolean } | null
}

/** Given by the root, which alone knows every stage. `persons`: with what events say of persons. */
export type PreviewRetry = (stage: string, original: Original, persons: boolean) => Promise<RetryPreview>
