/** Blanks, and characters that nobody sees: people paste them together with the SKU. */
const AROUND = /[\s\p{Cf}]/u
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** THE rule of SKUs: whoever names a product means the same one with and without blanks around its SKU. */
export function plainSku(text: string): string {
  let [from, to] = [0, text.length]
  while (from < to && AROUND.test(text.charAt(from))) from += 1
  while (from < to && AROUND.test(text.charAt(to - 1))) to -= 1
  return text.slice(from, to)
}

/** What is wrong with a SKU by that rule; null: nothing. */
export function skuProblem(sku: string): string | null {
  return CONTROL.test(sku) ? 'has a control character' : null
}
