import { LONGEST_ROW } from './row-limits.ts'

/** A line with its number; `text` null: it is longer than a row may be. */
export interface Line {
  readonly number: number
  readonly text: string | null
}

/** Lines that are not blank; a record separator (RFC 7464) counts as blank. */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<Line> {
  let number = 1
  let parts: string[] = []
  let size = 0
  const add = (part: string) => {
    size += part.length
    if (size <= LONGEST_ROW) parts.push(part)
    else parts = []
  }
  const lineOf = (): Line | null => {
    const whole = parts.join('')
    const isLong = size > LONGEST_ROW
    parts = []
    size = 0
    return isLong ? { number, text: null } : /^[\s\p{Cc}]*$/u.test(whole) ? null : { number, text: whole }
  }
  for await (const chunk of text) {
    let from = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
      add(chunk.slice(from, end))
      const line = lineOf()
      if (line !== null) yield line
      number += 1
      from = end + 1
    }
    add(chunk.slice(from))
  }
  const line = lineOf()
  if (line !== null) yield line
}
