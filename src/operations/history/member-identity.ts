import type { Fields } from '../../events/fields.ts'

/** Fields that name a member of a list: the first one must be in every member, the others may be missing. */
const IDENTITIES: readonly (readonly [string, ...string[]])[] = [
  ['id'],
  ['attribute'],
  ['entity', 'scope'],
  // Charges of an order: some have the line that they belong to.
  ['kind', 'name', 'lineId'],
  ['lineId'],
  ['sku', 'lineId'],
  ['location'],
  ['level', 'quantity'],
  ['url'],
  ['number'],
  ['from'],
  ['key'],
]

/**
 * The fields that name the members of a list; none: nothing does, and they have their index. Depends on the content
 * alone, never on the order of keys.
 */
export function identityOf(members: readonly Fields[]): readonly string[] {
  const isInAll = (field: string) => members.every((member) => isName(member[field]))
  const known = IDENTITIES.find(([first]) => isInAll(first))
  if (known !== undefined) return known
  const [first] = members
  const texts = Object.keys(first ?? {}).filter((field) => typeof first?.[field] === 'string' && isInAll(field))
  return texts.toSorted().slice(0, 1)
}

function isName(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}
