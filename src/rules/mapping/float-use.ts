const OPERATORS: Readonly<Record<string, string>> = {
  '+': '$add',
  '-': '$subtract',
  '*': '$multiply',
  '/': '$divide',
  '%': '$subtract and $divide',
}

/** JSONata's functions that compute in floats, and what to use instead. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  number: 'the text itself: paths give decimals as text',
  sum: '$total',
  average: '$total and $divide',
  power: '$multiply',
  sqrt: 'a value of the source',
  formatNumber: '$round',
}

/**
 * Guarantee 7 for expressions: money stays exact. Says what to use instead if an expression computes in floats
 * anywhere; undefined if it does not.
 */
export function wayOutOfFloats(node: unknown): string | undefined {
  if (Array.isArray(node)) return node.map(wayOutOfFloats).find((found) => found !== undefined)
  if (typeof node !== 'object' || node === null) return undefined
  const { type, value } = node as { readonly type?: unknown; readonly value?: unknown }
  const named = String(value)
  if (type === 'binary' && Object.hasOwn(OPERATORS, named)) {
    return `computes a decimal with ${named}, which is not exact; use ${OPERATORS[named]}`
  }
  if (type === 'variable' && Object.hasOwn(FUNCTIONS, named)) {
    return `computes a decimal with $${named}, which is not exact; use ${FUNCTIONS[named]}`
  }
  return wayOutOfFloats(Object.values(node))
}
