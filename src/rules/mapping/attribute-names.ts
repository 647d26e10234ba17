import jsonata from 'jsonata'

/** Names of attributes that a rule's path or expression reads: `custitem_color` of `attributes.custitem_color`. */
export function attributeNames(rule: { readonly from?: string; readonly expression?: string }): readonly string[] {
  const { from, expression } = rule
  const names = expression === undefined ? [] : namesIn(jsonata(expression).ast())
  const [first, second] = (from ?? '').split('.')
  return [...new Set(first === 'attributes' && second !== undefined ? [...names, second] : names)]
}

function namesIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  const steps: unknown = Reflect.get(node, 'steps')
  const own = Array.isArray(steps)
    ? steps.flatMap((step, index) => (isAttributes(steps[index - 1]) ? nameOf(step) : []))
    : []
  return [...own, ...Object.values(node).flatMap(namesIn)]
}

function isAttributes(step: unknown): boolean {
  return nameOf(step)[0] === 'attributes'
}

function nameOf(step: unknown): readonly string[] {
  if (typeof step !== 'object' || step === null || Reflect.get(step, 'type') !== 'name') return []
  return [String(Reflect.get(step, 'value'))]
}
