import { type Fields, isFields } from '../../events/fields.ts'

/** Merges a vendor's own fields into its template: maps are merged, other values replaced, and null removes a field. */
export function merged(template: Fields, own: Fields): Fields {
  const kept = Object.entries(template).filter(([name]) => !Object.hasOwn(own, name))
  const said = Object.entries(own).filter(([, value]) => value !== null)
  const over = said.map(([name, value]) => {
    const before = template[name]
    return [name, isFields(before) && isFields(value) ? merged(before, value) : value] as const
  })
  return Object.fromEntries([...kept, ...over])
}
