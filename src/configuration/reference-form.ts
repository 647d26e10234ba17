/** Form of a reference: `env:NAME` or `file:/absolute/path`. */
export const REFERENCE = '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$'

/** The forms in words. */
export const REFERENCE_FORMS = 'env:NAME or file:/path'

export type Reference =
  | { readonly form: 'env'; readonly name: string }
  | { readonly form: 'file'; readonly path: string }

const pattern = new RegExp(REFERENCE)

function isReference(text: string): boolean {
  return pattern.test(text)
}

/** Null: it is none. */
export function parseReference(text: string): Reference | null {
  if (!isReference(text)) return null
  const rest = text.slice(text.indexOf(':') + 1)
  return text.startsWith('env:') ? { form: 'env', name: rest } : { form: 'file', path: rest }
}
