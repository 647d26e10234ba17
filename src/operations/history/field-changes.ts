import { canonicalJson } from '../../events/canonical-json.ts'
import { type Fields, isFields } from '../../events/fields.ts'
import type { FieldChange } from '../field-change.ts'
import { identityOf } from './member-identity.ts'

/**
 * Differences of two contents of a row, field by field, such as `locations[main].available`. Members of a list are
 * identified by what names them, not by their index: adding one at the front changes no other. The order of keys in a
 * map means nothing, since DynamoDB does not keep it.
 */
export function fieldChanges(before: Fields, after: Fields): readonly FieldChange[] {
  const [old, now] = [flat(before, after), flat(after, before)]
  const names = [...old.keys(), ...[...now.keys()].filter((name) => !old.has(name))]
  return names.flatMap((field) => {
    const change = { field, before: old.get(field) ?? null, after: now.get(field) ?? null }
    return canonicalJson(change.before) === canonicalJson(change.after) ? [] : [change]
  })
}

/** `other`: the value in the same place of the other content. */
function flat(fields: Fields, other: unknown, prefix = ''): ReadonlyMap<string, unknown> {
  const others = isFields(other) ? other : {}
  return new Map(
    Object.entries(fields).flatMap(([name, value]) => [...leaves(`${prefix}${name}`, value, others[name])]),
  )
}

function leaves(name: string, value: unknown, other: unknown): Iterable<readonly [string, unknown]> {
  if (isFields(value) && Object.keys(value).length > 0) return flat(value, other, `${name}.`)
  if (!isMembers(value)) return [[name, value]]
  const others = isMembers(other) ? other : []
  const identity = identityOf([...value, ...others])
  const counterparts = new Map(byName(others, identity).map(({ called, rest }) => [called, rest]))
  return byName(value, identity).flatMap(({ called, own, rest }): (readonly [string, unknown])[] => {
    const of = flat(rest, counterparts.get(called), `${name}[${called}].`)
    // A member without other fields is present or missing.
    return of.size === 0 ? [[`${name}[${called}]`, own]] : [...of]
  })
}

function isMembers(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.length > 0 && value.every(isFields)
}

interface Member {
  readonly called: string
  /** The value that names the member. */
  readonly own: unknown
  readonly rest: Fields
}

/** Members with the same name are numbered in their order. */
function byName(members: readonly Fields[], identity: readonly string[]): readonly Member[] {
  const seen = new Map<string, number>()
  return members.map((member, index) => {
    const values = identity.map((key) => member[key]).filter((value) => value !== null && value !== undefined)
    const name = values.length === 0 ? `${index}` : values.join('.')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const rest = Object.fromEntries(Object.entries(member).filter(([key]) => !identity.includes(key)))
    return { called: count === 1 ? name : `${name} ${count}`, own: values[0] ?? name, rest }
  })
}
