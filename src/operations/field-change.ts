import { MASK } from '../platform/registry/personal-fields.ts'

/** One field before and after; null: the field is missing. */
export interface FieldChange {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** Masks the values: an order's fields, and fields mapped from them, may hold personal data. */
export function withoutValues(changes: readonly FieldChange[]): readonly FieldChange[] {
  const shown = (value: unknown) => (value === null ? null : MASK)
  return changes.map(({ field, before, after }) => ({ field, before: shown(before), after: shown(after) }))
}
