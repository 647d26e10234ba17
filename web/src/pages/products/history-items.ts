import type { RowChange } from '../../api/answers.ts'

/** Changes of all loaded pages, newest first. If a later page completed a change, its version is shown. */
export function historyItems(pages: readonly { readonly items: readonly RowChange[] }[]): readonly RowChange[] {
  const items = new Map<string, RowChange>()
  for (const item of pages.flatMap((page) => page.items)) items.set(changeId(item), item)
  // An item that turned out to be unchanged is not a change.
  return [...items.values()].filter(({ changes }) => changes === null || changes.length > 0)
}

function changeId({ feed, source, offset }: RowChange): string {
  return `${feed}|${source}|${offset}`
}
