import type { AttributeRule } from '../configuration/model.ts'
import type { Product } from '../events/generated/events.ts'
import { UNREAD_LEVELS } from '../events/product-notes.ts'
import { failuresOf } from './mapping/failure.ts'

/**
 * A price level that could not be read fails the product for the rules that use it: those that name it, and those that take
 * the levels without naming any. Throws `mapping_failed`, naming the attribute.
 */
export function assertLevelsRead({ attributes, priceLevels }: Product, rules: readonly AttributeRule[]): void {
  const note = attributes[UNREAD_LEVELS]
  if (note === undefined) return
  const unread = Object.entries(JSON.parse(note) as Readonly<Record<string, string>>)
  for (const rule of rules) {
    const source = rule.expression ?? rule.from ?? ''
    if (!/\bpriceLevels\b/.test(source)) continue
    const names = (level: string) => source.includes(`'${level}'`) || source.includes(`"${level}"`)
    const namesOthers = priceLevels.some(({ level }) => names(level))
    const [wrong] = unread.filter(([level]) => names(level) || !namesOthers)
    if (wrong === undefined) continue
    throw failuresOf(rule, true)(`reads price level ${wrong[0]}, which the source gives wrongly: ${wrong[1]}`)
  }
}
