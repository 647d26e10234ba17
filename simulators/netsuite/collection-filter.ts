import { NetSuiteProblem } from './problems.ts'

/** A WHERE clause with its values. */
export interface CollectionFilter {
  where: string
  values: string[]
}

/**
 * The `q` of a collection: `field IS "value"`, joined by AND. Other operators are not simulated.
 * @throws NetSuiteProblem 400 for a field or condition that can't be used
 */
export function readFilter(q: string | undefined, fields: Readonly<Record<string, string>>): CollectionFilter {
  if (q === undefined || q.trim() === '') return { where: '1', values: [] }
  const conditions = q.split(/\s+AND\s+(?=\w+\s+IS\s)/)
  const read = conditions.map((condition) => {
    const match = /^\s*(\w+)\s+IS\s+(?:"((?:[^"\\]|\\.)*)"|(\S+))\s*$/.exec(condition)
    const [, name = '', quoted, plain = ''] = match ?? []
    if (match === null) throw invalidFilter('INVALID_PARAMETER', `Invalid search query: "${condition.trim()}".`)
    const column = fields[name]
    if (column === undefined)
      throw invalidFilter('NONEXISTENT_FIELD', `The field '${name}' does not exist or is not filterable.`)
    return { column, value: quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1') }
  })
  return { where: read.map(({ column }) => `${column} = ?`).join(' AND '), values: read.map(({ value }) => value) }
}

function invalidFilter(code: string, detail: string): NetSuiteProblem {
  return new NetSuiteProblem(400, { detail, code, queryParam: 'q' })
}
