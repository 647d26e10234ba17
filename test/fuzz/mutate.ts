/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What files of vendors have where they should not. */
const STRAY = [
  '"',
  '""',
  "'",
  ',',
  ';',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '\n\n',
  '\\',
  '<',
  '>',
  '&',
  '&amp;',
  ']]>',
  '<![CDATA[',
  '{',
  '}',
  '[',
  ']',
  ':',
  '\0',
  '\x1a',
  '\ufeff',
  '\u200b',
  ' ',
  '|',
  'ä',
  '👟',
  '\ud83d',
  'null',
  '0',
  '-',
  '://',
  'http://',
  '<!--',
  '-->',
  '<br>',
]

/** The text with some characters put in, taken out, exchanged or repeated. */
export function mutated(text: string, random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit)
  const stray = () => STRAY[below(STRAY.length)] ?? ''
  let result = text
  for (let left = 1 + below(3); left > 0; left -= 1) {
    const at = below(result.length + 1)
    const [before, after] = [result.slice(0, at), result.slice(at)]
    switch (below(6)) {
      case 0:
      case 1:
        result = before + stray() + after
        break
      case 2:
        result = before + after.slice(1)
        break
      case 3:
        result = before + stray() + after.slice(1)
        break
      case 4:
        result = before + after.slice(0, below(60)) + after
        break
      default:
        // Cut, as by a connection that breaks off.
        result = random() < 0.3 ? before : result + stray()
    }
  }
  return result
}
