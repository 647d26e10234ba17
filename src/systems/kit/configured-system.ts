import type { CallLimits } from '../../platform/governor/governor.ts'

/** A configured system as its readers and sinks see it: the settings have their types and defaults. */
export interface ConfiguredSystem<V> {
  readonly id: string
  /** IANA zone of the times it gives without one. */
  readonly zone: string
  readonly settings: V
  readonly limits: CallLimits
}

/** The same for its client, with address and secrets resolved. No one else gets to see them. */
export interface ConnectableSystem<V> extends ConfiguredSystem<V> {
  readonly address: string
  /** The settings as they are configured: they name a way of reading, also after an upgrade. */
  readonly given: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}
