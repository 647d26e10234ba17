import { type Fields, isFields } from '../../events/fields.ts'

/** What is said of a vendor over what its template says: maps are merged, everything else is replaced, and null takes it away. */
export function merged(template: Fields, own: Fields): Fields {
  const kept = Object.entries(template).filter(([name]) => !Object.hasOwn(own, name))
  const said = Object.entries(own).filter(([, value]) => value !== null)
  const over = said.map(([name, value]) => {
    const before = template[name]
    return [name, isFields(before) && isFields(value) ? merged(before, value) : value] as const
  })
  return Object.fromEntries([...kept, ...over])
}
