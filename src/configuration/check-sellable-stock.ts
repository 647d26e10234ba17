import { toStreamError } from '../errors.ts'
import { compilePattern } from '../rules/pattern.ts'
import type { StockBuffer } from './model.ts'
import type { Shaped } from './shaped-documents.ts'
import { type FieldPath, type Mistake, twiceAt } from './yaml-documents.ts'

const BLOCK = 'sellableStock'

/** Checks that locations and buffers of a connection's `sellableStock` are complete and unambiguous. */
export function checkSellableStock({ value: { sellableStock }, yaml }: Shaped<'connection'>): Mistake[] {
  if (sellableStock === undefined) return []
  const { locations, buffer } = sellableStock
  const mistakes: Mistake[] = []
  const say = (path: FieldPath, message: string) => mistakes.push(yaml.mistake([BLOCK, ...path], message))
  if (locations !== undefined) {
    const { policy, names } = locations
    if (policy === 'sum' && names !== undefined) say(['locations', 'names'], 'is not for policy: sum, which counts all')
    if (policy !== 'sum' && names === undefined) say(['locations', 'names'], `is needed with policy: ${policy}`)
    for (const [index, name] of (names ?? []).entries()) {
      const first = names?.indexOf(name) ?? index
      const place = yaml.placeOf([BLOCK, 'locations', 'names', first])
      if (first < index) say(['locations', 'names', index], twiceAt(place))
    }
  }
  if (buffer !== undefined && hasBoth(buffer)) say(['buffer', 'percent'], 'excludes fixed; remove one of them')
  for (const [index, one] of (buffer?.skus ?? []).entries()) {
    const path = ['buffer', 'skus', index]
    if (hasBoth(one)) say([...path, 'percent'], 'excludes fixed; remove one of them')
    if (one.fixed === undefined && one.percent === undefined) say(path, 'has no buffer; add fixed or percent')
    try {
      compilePattern(one.match)
    } catch (error) {
      say([...path, 'match'], toStreamError(error).message)
    }
  }
  return mistakes
}

function hasBoth({ fixed, percent }: StockBuffer): boolean {
  return fixed !== undefined && percent !== undefined
}
