/** Blanks and invisible characters, which are often pasted together with a SKU. */
const AROUND = /[\s\p{Cf}]/u
/** Of visible ASCII characters alone, as most are: nothing is around it or in it. */
const PLAIN = /^[!-~]+$/
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** The rule for SKUs: blanks and invisible characters around a SKU do not count. */
export function plainSku(text: string): string {
  if (PLAIN.test(text)) return text
  let [from, to] = [0, text.length]
  while (from < to && AROUND.test(text.charAt(from))) from += 1
  while (from < to && AROUND.test(text.charAt(to - 1))) to -= 1
  return text.slice(from, to)
}

/** What is wrong with a SKU; null: it is valid. */
export function skuProblem(sku: string): string | null {
  return !PLAIN.test(sku) && CONTROL.test(sku) ? 'has a control character' : null
}
