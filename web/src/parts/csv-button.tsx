import { createSignal, type JSX } from 'solid-js'
import type { Page } from '../api/answers.ts'
import { ask, queryText } from '../api/ask.ts'
import { type CsvTable, csvText } from '../csv.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'
import { notify } from './notices.tsx'

/** Maximum rows of a file; for more, use the API. */
const MOST_ROWS = 10_000

/** Saves a whole list, not only the page that is shown. */
export function CsvButton<T>(props: {
  /** File name without extension. */
  readonly name: string
  readonly table: CsvTable<T>
  readonly load: () => Promise<readonly T[]>
}): JSX.Element {
  const [isLoading, setIsLoading] = createSignal(false)
  const save = async () => {
    setIsLoading(true)
    try {
      saveFile(`${props.name}.csv`, csvText(await props.load(), props.table))
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error), 'bad')
    }
    setIsLoading(false)
  }
  return (
    <button type="button" class="button wide" title={texts.csv.title} disabled={isLoading()} onClick={save}>
      <Icon name="file" size={14} />
      {isLoading() ? texts.csv.loading : texts.csv.label}
    </button>
  )
}

/** All rows of a list of the API. */
export async function allRows<T>(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): Promise<readonly T[]> {
  return await allPages((cursor) => ask<Page<T>>(`${path}${queryText({ ...query, cursor })}`))
}

/** All rows, page by page; says so if there are more than a file takes. */
export async function allPages<T>(load: (cursor: string | null) => Promise<Page<T>>): Promise<readonly T[]> {
  const rows: T[] = []
  let cursor: string | null = null
  do {
    const page: Page<T> = await load(cursor)
    rows.push(...page.items)
    cursor = page.cursor
  } while (cursor !== null && rows.length < MOST_ROWS)
  if (cursor !== null) notify(texts.csv.cut(rows.length), 'bad')
  return rows
}

function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
