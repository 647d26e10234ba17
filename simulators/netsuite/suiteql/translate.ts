import { isWord, type Token, tokenize } from './tokens.ts'

/** A query that SQLite can prepare, and the record of each name in its FROM clauses. */
export interface Translation {
  sql: string
  /** Alias or table name in lower case → the record's name as written. */
  records: Map<string, string>
  /** Number of '?' in it. */
  parameters: number
}

/** The query is not valid SuiteQL; the message is the text after "Search error occurred: ". */
export class SuiteQlError extends Error {}

const clauseWords = [
  'WHERE',
  'GROUP',
  'ORDER',
  'HAVING',
  'ON',
  'UNION',
  'INTERSECT',
  'MINUS',
  'EXCEPT',
  'FETCH',
  'SELECT',
]
const joinWords = ['JOIN', 'LEFT', 'RIGHT', 'INNER', 'OUTER', 'FULL', 'CROSS']

/**
 * Translates SuiteQL to SQLite's SQL: BUILTIN.DF, SYSDATE, FETCH FIRST n ROWS ONLY and table names that SQLite
 * reserves. Refuses what SuiteQL refuses and SQLite would accept (LIMIT, several statements, anything but a SELECT).
 * @throws SuiteQlError
 */
export function translate(query: string): Translation {
  const tokens = tokenize(query)
  const code = tokens.filter(({ kind }) => kind !== 'space')
  if (!isWord(code[0], 'SELECT', 'WITH'))
    throw new SuiteQlError('Invalid or unsupported search: only SELECT is allowed.')
  if (code.some(({ text }) => text === ';'))
    throw new SuiteQlError("Invalid or unsupported search: ';' is not allowed.")
  for (const [index, token] of code.entries()) {
    const internal = token.kind !== 'text' && /^"?(sim_|sqlite_|pragma_)\w+/i.test(token.text)
    if (internal) throw new SuiteQlError(`Record '${token.text}' was not found.`)
    if (isWord(token, 'LIMIT') && code[index - 1]?.text !== '.') {
      throw new SuiteQlError(
        "Invalid or unsupported search: unexpected 'LIMIT'; page with the limit and offset parameters.",
      )
    }
  }
  return { sql: rewrite(tokens), records: recordsOf(code), parameters: code.filter(({ text }) => text === '?').length }
}

/** Text literals stay as they are; the text between two of them is rewritten as one piece. */
function rewrite(tokens: readonly Token[]): string {
  const pieces: string[] = ['']
  for (const { kind, text } of tokens) {
    if (kind === 'text') pieces.push(text, '')
    else pieces[pieces.length - 1] += kind === 'word' ? rewriteWord(text) : text
  }
  return pieces.map((piece) => (piece.startsWith("'") ? piece : rewriteCalls(piece))).join('')
}

function rewriteWord(text: string): string {
  const word = text.toUpperCase()
  if (word === 'SYSDATE' || word === 'CURRENT_DATE') return 'ACCOUNT_NOW()'
  return word === 'TRANSACTION' ? `"${text}"` : text
}

function rewriteCalls(sql: string): string {
  return sql
    .replace(/\bBUILTIN\s*\.\s*DF\s*\(\s*((?:"?\w+"?\s*\.\s*)?"?(\w+)"?)\s*\)/gi, "BUILTIN_DF('$2', $1)")
    .replace(/\bFETCH\s+(?:FIRST|NEXT)\s+(\d+)\s+ROWS?\s+ONLY\b/gi, 'LIMIT $1')
}

function recordsOf(code: readonly Token[]): Map<string, string> {
  const records = new Map<string, string>()
  let inFrom = false
  for (const [index, token] of code.entries()) {
    if (isWord(token, 'FROM', 'JOIN')) inFrom = true
    else if (isWord(token, ...clauseWords)) inFrom = false
    if (!inFrom || !(isWord(token, 'FROM', 'JOIN') || token.text === ',')) continue
    const table = code[index + 1]
    if (table?.kind !== 'word') continue
    const next = isWord(code[index + 2], 'AS') ? code[index + 3] : code[index + 2]
    records.set(table.text.toLowerCase(), table.text)
    if (next?.kind === 'word' && !isWord(next, ...clauseWords, ...joinWords)) {
      records.set(next.text.toLowerCase(), table.text)
    }
  }
  return records
}
