import type { RowChange } from '../../api/answers.ts'

/** Changes of all pages that were loaded, the newest first. One that was completed by a later page is shown as that has it. */
export function historyItems(pages: readonly { readonly items: readonly RowChange[] }[]): readonly RowChange[] {
  const items = new Map<string, RowChange>()
  for (const item of pages.flatMap((page) => page.items)) items.set(changeId(item), item)
  // What turned out to be as it was before is no change.
  return [...items.values()].filter(({ changes }) => changes === null || changes.length > 0)
}

function changeId({ feed, source, offset }: RowChange): string {
  return `${feed}|${source}|${offset}`
}
