import { MASK } from '../platform/registry/personal-fields.ts'

/** One field before and after; null: it is not there. */
export interface FieldChange {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** What an order's fields are mapped from may be of a person, and what comes of it too. */
export function withoutValues(changes: readonly FieldChange[]): readonly FieldChange[] {
  const shown = (value: unknown) => (value === null ? null : MASK)
  return changes.map(({ field, before, after }) => ({ field, before: shown(before), after: shown(after) }))
}
