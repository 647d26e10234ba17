/**
 * Parses Magento's `additional_attributes` form: `a=b,c=d`. A value may be quoted (`a="x,y"`, `""` is a quote); in an
 * unquoted one, a comma without a following `code=` belongs to the value.
 *
 * @throws Error for text before the first `code=`, or an unclosed quote
 */
export function parseAttributeText(text: string): Map<string, string> {
  const attributes = new Map<string, string>()
  const code = /([A-Za-z][A-Za-z0-9_]*)=/y
  let at = 0
  while (at < text.length) {
    code.lastIndex = at
    const match = code.exec(text)
    const name = match?.[1]
    if (name === undefined) throw new Error(`expected "code=value" at character ${at + 1}`)
    const [value, end] = text[code.lastIndex] === '"' ? quoted(text, code.lastIndex) : plain(text, code.lastIndex)
    attributes.set(name, value)
    if (end < text.length && text[end] !== ',') throw new Error(`expected a comma at character ${end + 1}`)
    at = end + 1
  }
  return attributes
}

/** The values of a multi-select, `a|b|c`. */
export function splitChoices(value: string): string[] {
  return value.split('|').filter((choice) => choice !== '')
}

function quoted(text: string, start: number): [string, number] {
  const closed = /"((?:[^"]|"")*)"/y
  closed.lastIndex = start
  const value = closed.exec(text)?.[1]
  if (value === undefined) throw new Error(`the quote at character ${start + 1} is not closed`)
  return [value.replaceAll('""', '"'), closed.lastIndex]
}

function plain(text: string, start: number): [string, number] {
  const next = /,(?=[A-Za-z][A-Za-z0-9_]*=)/g
  next.lastIndex = start
  const end = next.exec(text)?.index ?? text.length
  return [text.slice(start, end), end]
}
