/** HTML made by `html`: text values in it are escaped. */
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

/** Template for HTML. Values are text, which is escaped, or HTML made by `html`. Put attributes in quotes. */
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
