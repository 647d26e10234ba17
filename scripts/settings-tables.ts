import type { Settings } from '../src/configuration/setting.ts'
import type { SystemType } from '../src/configuration/system-type.ts'

/** Content between the marks of a page, by the name of the marks. */
export function tablesOf(type: SystemType): ReadonlyMap<string, string> {
  const filters = Object.entries(type.reads).flatMap(([entity, { filter }]) =>
    Object.entries(filter ?? {}).map(([name, one]) => [`\`${entity}\``, `\`${name}\``, one.expected, one.description]),
  )
  const tables = [
    ['secrets', table(['', 'secret', 'description'], secretRows(type))],
    ['settings', table(['setting', 'must be', 'default', 'description'], settingRows(type.settings))],
    ['filters', table(['entity', 'key of `filter`', 'must be', 'description'], filters)],
  ] as const
  return new Map(tables.filter(([name]) => name !== 'filters' || filters.length > 0))
}

/** The page with these tables between its marks. Throws when marks are missing. */
export function withTables(page: string, tables: ReadonlyMap<string, string>): string {
  let text = page
  for (const [name, table] of tables) {
    const between = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)
    if (!between.test(text)) throw new Error(`the page lacks the marks <!-- ${name} --> and <!-- /${name} -->`)
    text = text.replace(between, (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`)
  }
  return text
}

function settingRows(settings: Settings): readonly (readonly string[])[] {
  return Object.entries(settings).map(([name, { expected, required, defaultText, description }]) => {
    const usual = required ? 'required' : defaultText === null ? 'none' : code(defaultText)
    return [code(name), expected, usual, description]
  })
}

function secretRows({ secrets: { ways, optional = {}, headers } }: SystemType): readonly (readonly string[])[] {
  const rows = ways.flatMap((way, index) => {
    const when = ways.length === 1 ? 'required' : `way ${index + 1}`
    const own = Object.entries(way).map(([name, description]) => [when, code(name), description])
    return own.length === 0 ? [[when, 'none', '']] : own
  })
  const besides = Object.entries(optional).map(([name, description]) => ['optional', code(name), description])
  const header = headers === true ? [['optional', code('header.<Name>'), 'a header of every request']] : []
  const webhook = ['optional', code('webhook'), 'key that its webhooks are signed with; only the API needs it']
  return [...rows, ...besides, ...header, webhook]
}

/** Explanations are not formatted as values. */
const code = (text: string) => (text.includes(' ') ? text : `\`${text}\``)

/** Pads columns to one width, as the formatter does. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? '')].length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - [...cell].length)).join(' | ')} |`
  const [first = [], ...rest] = cells
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n')
}
