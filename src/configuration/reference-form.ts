/**
 * Form of a reference: `env:NAME`, `file:/absolute/path`, `aws-secret:name`, `aws-secret:name#key` (of a secret that is
 * a JSON object), `aws-ssm:name`.
 */
export const REFERENCE = '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+|aws-secret:[^\\s#]+(#[^\\s#]+)?|aws-ssm:[^\\s#]+)$'

/** The usual forms in words. */
export const REFERENCE_FORMS = 'env:NAME or file:/path'

export type Reference =
  | { readonly form: 'env'; readonly name: string }
  | { readonly form: 'file'; readonly path: string }
  /** `key`: field of a secret that is a JSON object; null: the whole text. */
  | { readonly form: 'aws-secret'; readonly name: string; readonly key: string | null }
  | { readonly form: 'aws-ssm'; readonly name: string }

const pattern = new RegExp(REFERENCE)

/** Null: the text is not a reference. */
export function parseReference(text: string): Reference | null {
  if (!pattern.test(text)) return null
  const at = text.indexOf(':')
  const [form, rest] = [text.slice(0, at), text.slice(at + 1)]
  if (form === 'env') return { form, name: rest }
  if (form === 'file') return { form, path: rest }
  if (form === 'aws-ssm') return { form, name: rest }
  const [name = '', key = null] = rest.split('#', 2)
  return { form: 'aws-secret', name, key }
}
