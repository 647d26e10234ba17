import type { CallLimits } from '../../platform/governor/governor.ts'

/** What is configured of a system, with its address and secrets resolved. */
export interface ConfiguredSystem {
  readonly id: string
  readonly address: string
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  readonly limits: CallLimits
}
