/** HTML that was made by `html`: what it holds of others is escaped. */
export interface Html {
  readonly html: string
}

type Value = string | Html | readonly Html[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A template whose values are text, which is escaped, or HTML that was made so. Attributes are written in quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const written = parts.map((part, index) => {
    const value = values[index]
    return value === undefined ? part : part + writtenOf(value)
  })
  return { html: written.join('') }
}

function writtenOf(value: Value): string {
  if (typeof value === 'string') return value.replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one)
  return 'html' in value ? value.html : value.map((one) => one.html).join('')
}
