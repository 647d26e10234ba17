import { variablePart } from '../variable-part.ts'

/**
 * Fills in a template for a vendor: `<vendor>` is its id (`acme-west`), `<VENDOR>` its form for variables
 * (`ACME_WEST`).
 */
export function fillIn<T>(template: T, vendor: string): T {
  const variable = variablePart(vendor)
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll('<vendor>', vendor).replaceAll('<VENDOR>', variable)
    if (Array.isArray(value)) return value.map(fill)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one)]))
  }
  // Texts stay texts, lists stay lists, and maps keep their names.
  return fill(template) as T
}
