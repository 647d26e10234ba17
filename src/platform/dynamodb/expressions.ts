import type { Change, Condition } from './tables.ts'

/** Placeholders of an expression and their values. Names always get placeholders: many are reserved words. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string>
  readonly ExpressionAttributeValues?: Record<string, unknown>
}

/** Assigns placeholders; the same name or value gets the same placeholder. */
export interface Names {
  /** `a.b` as `#0.#1`. */
  path(path: string): string
  value(value: unknown): string
  placeholders(): Placeholders
}

export function createNames(): Names {
  const names = new Map<string, string>()
  const values = new Map<unknown, string>()
  const place = <T>(map: Map<T, string>, sign: string, key: T): string => {
    const known = map.get(key)
    if (known !== undefined) return known
    const placeholder = `${sign}${map.size}`
    map.set(key, placeholder)
    return placeholder
  }
  return {
    path: (path) =>
      path
        .split('.')
        .map((name) => place(names, '#', name))
        .join('.'),
    value: (value) => place(values, ':', value),
    placeholders: () => ({
      ...(names.size === 0 ? {} : { ExpressionAttributeNames: inverted(names) }),
      ...(values.size === 0 ? {} : { ExpressionAttributeValues: inverted(values) }),
    }),
  }
}

function inverted<T>(map: ReadonlyMap<T, string>): Record<string, T> {
  return Object.fromEntries([...map].map(([value, placeholder]) => [placeholder, value]))
}

/** The condition as DynamoDB's expression. Throws for an empty `allOf` or `anyOf`: DynamoDB can't express them. */
export function compileCondition(condition: Condition, names: Names): string {
  if ('absent' in condition) return `attribute_not_exists(${names.path(condition.absent)})`
  if ('present' in condition) return `attribute_exists(${names.path(condition.present)})`
  if ('anyOf' in condition) return joined(condition.anyOf, ' OR ', names)
  if ('allOf' in condition) return joined(condition.allOf, ' AND ', names)
  return `${names.path(condition.attribute)} ${condition.is} ${names.value(condition.value)}`
}

function joined(conditions: readonly Condition[], operator: string, names: Names): string {
  const [only, ...others] = conditions
  if (only === undefined) throw new TypeError('anyOf and allOf need at least one condition')
  // DynamoDB rejects redundant parentheses.
  if (others.length === 0) return compileCondition(only, names)
  return `(${conditions.map((one) => compileCondition(one, names)).join(operator)})`
}

/** The change as DynamoDB's update expression; empty when it changes nothing. */
export function compileChange(change: Change, names: Names): string {
  const sets = [
    ...given(change.set).map(([path, value]) => `${names.path(path)} = ${names.value(value)}`),
    ...given(change.setIfAbsent).map(([path, value]) => {
      const name = names.path(path)
      return `${name} = if_not_exists(${name}, ${names.value(value)})`
    }),
    ...given(change.increment).map(([path, by]) => {
      const name = names.path(path)
      return `${name} = if_not_exists(${name}, ${names.value(0)}) + ${names.value(by)}`
    }),
  ]
  // DynamoDB has no empty sets.
  const adds = given(change.addToSet)
    .filter(([, texts]) => texts.length > 0)
    .map(([path, texts]) => `${names.path(path)} ${names.value(new Set(texts))}`)
  const gone = Object.entries(change.set ?? {}).flatMap(([path, value]) => (value === undefined ? [path] : []))
  const removes = [...(change.remove ?? []), ...gone].map((path) => names.path(path))
  return [clause('SET', sets), clause('ADD', adds), clause('REMOVE', removes)].filter((text) => text !== '').join(' ')
}

function given<T>(record: Readonly<Record<string, T>> | undefined): [string, T][] {
  return Object.entries(record ?? {}).filter(([, value]) => value !== undefined)
}

function clause(verb: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${verb} ${parts.join(', ')}`
}
