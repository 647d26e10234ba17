import { type FeedHistory, feedHistory, feedNamed, type RowChange } from '../operations/history/feed-history.ts'
import { feeds } from '../projections/feeds.ts'
import { commandUser, timeOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { history } from './commands/history.ts'
import { onPlatform } from './open-operations.ts'
import { withProgress } from './progress.ts'

/** Each page searches ten thousand records of a feed; the limit is the time that a person waits. */
const MOST_PAGES = 50

export async function historyCommand(values: Given<typeof history>): Promise<void> {
  const { connection, sku: key } = values
  const limit = wholeOption('limit', values.limit, { usual: 20, most: 200 })
  const since = timeOption('since', values.since)
  const feed = feedNamed(feeds, values.feed ?? null)
  const by = commandUser()
  const found = await withProgress('looking back through the topics', values.json, (report) =>
    onPlatform((operations) =>
      untilEnough(limit, async (after) => {
        const page = await feedHistory(operations, by, { connection, key, feed, since, limit, after })
        if (page.looked_back_to !== null) report(page.looked_back_to)
        return page
      }),
    ),
  )
  console.log(values.json ? JSON.stringify(found) : historyText(found))
}

interface Found {
  readonly items: readonly RowChange[]
  readonly looked_back_to: string | null
}

async function untilEnough(limit: number, ask: (after: string | null) => Promise<FeedHistory>): Promise<Found> {
  const items = new Map<string, RowChange>()
  let page = await ask(null)
  for (let pages = 1; ; pages += 1) {
    for (const item of page.items) items.set(`${item.feed}|${item.source}|${item.offset}`, item)
    const isOpen = [...items.values()].some(({ changes }) => changes === null)
    if (page.next === null || pages === MOST_PAGES || (items.size >= limit && !isOpen)) break
    page = await ask(page.next)
  }
  const changed = [...items.values()].filter(({ changes }) => changes === null || changes.length > 0)
  return { items: changed.slice(0, limit), looked_back_to: page.looked_back_to }
}

function historyText({ items, looked_back_to }: Found): string {
  const end = looked_back_to === null ? 'there are no older changes' : `looked back until ${looked_back_to}`
  return [...items.flatMap(changeText), end].join('\n')
}

function changeText({ feed, source, at, task, first, deleted, changes }: RowChange): readonly string[] {
  const from = task === null ? source : `${source}, ${task}`
  return [
    `${at} ${feed} (${from})${deleted ? ': deleted' : first ? ': first row' : ''}`,
    ...(changes?.map(({ field, before, after }) => `    ${field}: ${shown(before)} → ${shown(after)}`) ?? [
      '    (the row before it is older than the search)',
    ]),
  ]
}

const shown = (value: unknown): string => (value === null ? '(none)' : JSON.stringify(value))
