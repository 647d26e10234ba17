/** A piece of SQL text. Words are unquoted identifiers and keywords. */
export interface Token {
  kind: 'word' | 'text' | 'quoted' | 'number' | 'space' | 'symbol'
  text: string
}

const pattern =
  /(?<text>'(?:[^']|'')*')|(?<quoted>"[^"]*")|(?<space>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<number>\d+(?:\.\d+)?)|(?<word>[A-Za-z_][\w$]*)|(?<symbol>[\s\S])/g

/** Every character of `sql`, in order, as tokens. */
export function tokenize(sql: string): Token[] {
  return [...sql.matchAll(pattern)].map((match) => {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? ['symbol']
    return { kind: kind as Token['kind'], text: match[0] }
  })
}

export function isWord(token: Token | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase())
}
