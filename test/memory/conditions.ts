import type { Condition, Item } from '../../src/platform/dynamodb/tables.ts'

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** The value at a dotted path; undefined where a part of it does not exist. */
export function valueAt(item: Item, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isMap(value) ? value[name] : undefined), item)
}

/** As DynamoDB compares: values of two types are only ever `<>`, and so is a value with one that does not exist. */
export function holds(item: Item | undefined, condition: Condition): boolean {
  if ('anyOf' in condition) return condition.anyOf.some((one) => holds(item, one))
  if ('allOf' in condition) return condition.allOf.every((one) => holds(item, one))
  if ('absent' in condition) return valueAt(item ?? {}, condition.absent) === undefined
  if ('present' in condition) return valueAt(item ?? {}, condition.present) !== undefined
  const value = valueAt(item ?? {}, condition.attribute)
  const { is } = condition
  if (typeof value !== typeof condition.value) return is === '<>'
  const order = compareScalars(value, condition.value)
  if (is === '=') return order === 0
  if (is === '<>') return order !== 0
  if (is === '<') return order < 0
  if (is === '<=') return order <= 0
  return is === '>' ? order > 0 : order >= 0
}

function compareScalars(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return Number(a) - Number(b)
}
