import type { AttributeRule } from '../../api/answers.ts'

/** Origin of a value in the feed. */
export interface Origin {
  readonly attribute: string
  /** As the feed serves it; null: it has none. */
  readonly value: string | null
  /** Undefined: this key may not see rules. */
  readonly rule: AttributeRule | undefined
  /** The value of the rule's field at the source; null: no value, or the rule does not read a single field. */
  readonly source: string | null
}

type Fields = Readonly<Record<string, unknown>>

/** Attributes of a feed's row, in the order of the rules, each with its rule and the rule's source value. */
export function originsOf(mapped: Fields, read: Fields, rules: readonly AttributeRule[]): readonly Origin[] {
  const attributes = fieldsOf(mapped['attributes'])
  const named = rules.map(({ attribute }) => attribute)
  const others = Object.keys(attributes).filter((attribute) => !named.includes(attribute))
  return [...named, ...others].map((attribute) => {
    const rule = rules.find((one) => one.attribute === attribute)
    const value = Object.hasOwn(attributes, attribute) ? textOf(attributes[attribute], true) : null
    return { attribute, value, rule, source: rule?.from ? sourceOf(read, rule.from) : null }
  })
}

/** `name`, or `attributes.color`, whose values are JSON text. */
function sourceOf(read: Fields, from: string): string | null {
  const own = /^attributes\.(.+)$/.exec(from)?.[1]
  const fields = own === undefined ? read : fieldsOf(read['attributes'])
  const name = own ?? from
  return Object.hasOwn(fields, name) ? textOf(fields[name], own !== undefined) : null
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function textOf(value: unknown, isJson: boolean): string | null {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') return JSON.stringify(value)
  if (!isJson) return value
  try {
    return textOf(JSON.parse(value), false)
  } catch {
    return value
  }
}
