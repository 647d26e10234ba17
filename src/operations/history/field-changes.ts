import { canonicalJson } from '../../events/canonical-json.ts'
import { type Fields, isFields } from '../../events/fields.ts'
import type { FieldChange } from '../field-change.ts'

/**
 * Differences of two contents of a row, field by field, such as `locations[main].available`. Members of a list are
 * identified by their first text, not by their index: adding one at the front changes no other.
 */
export function fieldChanges(before: Fields, after: Fields): readonly FieldChange[] {
  const [old, now] = [flat(before), flat(after)]
  const names = [...old.keys(), ...[...now.keys()].filter((name) => !old.has(name))]
  return names.flatMap((field) => {
    const change = { field, before: old.get(field) ?? null, after: now.get(field) ?? null }
    return canonicalJson(change.before) === canonicalJson(change.after) ? [] : [change]
  })
}

function flat(fields: Fields, prefix = ''): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(fields).flatMap(([name, value]) => [...leaves(`${prefix}${name}`, value)]))
}

function leaves(name: string, value: unknown): Iterable<readonly [string, unknown]> {
  if (isFields(value) && Object.keys(value).length > 0) return flat(value, `${name}.`)
  if (!Array.isArray(value) || value.length === 0 || !value.every(isFields)) return [[name, value]]
  return byName(value).flatMap(([member, { own, rest }]): (readonly [string, unknown])[] => {
    const of = flat(rest, `${name}[${member}].`)
    // A member without other fields is present or missing.
    return of.size === 0 ? [[`${name}[${member}]`, own]] : [...of]
  })
}

interface Member {
  /** The value that names the member. */
  readonly own: unknown
  readonly rest: Fields
}

/** Members with the same name are numbered in their order. */
function byName(members: readonly Fields[]): readonly (readonly [string, Member])[] {
  const seen = new Map<string, number>()
  return members.map((member, index) => {
    const [key, own] = Object.entries(member).find(([, value]) => typeof value === 'string') ?? ['', `${index}`]
    const count = (seen.get(`${own}`) ?? 0) + 1
    seen.set(`${own}`, count)
    const rest = Object.fromEntries(Object.entries(member).filter(([name]) => name !== key))
    return [count === 1 ? `${own}` : `${own} ${count}`, { own, rest }]
  })
}
