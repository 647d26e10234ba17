import type { AttributeRule } from '../configuration/model.ts'
import type { Product } from '../events/generated/events.ts'
import { UNREAD_LEVELS } from '../events/product-notes.ts'
import { failuresOf } from './mapping/failure.ts'

/** Selects levels by name, by a text in the rule. */
const BY_NAME = /\blevel\b\)*\s*(?:=|in\b)|(?:['"]|\$\w+)\s*=\s*[\w$.(]*\blevel\b/
const TEXT = /'[^']+'|"[^"]+"/
/** Uses levels that it does not name: by index, all their prices, or all but some. */
const UNNAMED =
  /\blevel\b\)*\s*!=|!=\s*[\w$.(]*\blevel\b|\$not\([^)]*\blevel\b|\bpriceLevels\s*(?:\[\s*-?\d|\.\s*(?:\d|price\b))/

/**
 * A price level that could not be read fails the product for the rules that use it: those that name it, and those that
 * use levels without naming them. Throws `mapping_failed`, naming the attribute.
 */
export function assertLevelsRead({ attributes, priceLevels }: Product, rules: readonly AttributeRule[]): void {
  const note = attributes[UNREAD_LEVELS]
  if (note === undefined) return
  const unread = Object.entries(JSON.parse(note) as Readonly<Record<string, string>>)
  for (const rule of rules) {
    const source = rule.expression ?? rule.from ?? ''
    if (!/\bpriceLevels\b/.test(source)) continue
    const names = (level: string) =>
      [`'${level}'`, `"${level}"`].some((text) => source.toLowerCase().includes(text.toLowerCase()))
    const asksByName = (BY_NAME.test(source) && TEXT.test(source)) || priceLevels.some(({ level }) => names(level))
    const takesAll = !asksByName || UNNAMED.test(source)
    const [wrong] = unread.filter(([level]) => takesAll || names(level))
    if (wrong === undefined) continue
    throw failuresOf(rule, true)(`reads price level ${wrong[0]}, which is invalid at the source: ${wrong[1]}`)
  }
}
