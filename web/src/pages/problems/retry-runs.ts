import { createSignal } from 'solid-js'
import type { LetterQuery, ListedLetter, ManyDone, Page } from '../../api/answers.ts'
import { ask, queryText } from '../../api/ask.ts'
import { client } from '../../api/queries.ts'

/** One retry of one or many records, as far as it is. It goes on while other pages are looked at. */
export interface RetryRun {
  readonly name: string
  /** Vendors' orders are mapped anew. */
  readonly remap: boolean
  readonly total: number
  readonly sent: number
  readonly resolved: number
  readonly failedAgain: number
  /** Those that the API leaves as they are. */
  readonly refused: ManyDone['skipped']
  /** `finding` which they are, `sending` them, `watching` what becomes of them, until it `ended` or was left. */
  readonly state: 'finding' | 'sending' | 'watching' | 'ended'
  readonly error: unknown
}

/** One record by its id, some, or all open ones of a choice. */
export type Target =
  | { readonly id: string }
  | { readonly ids: readonly string[] }
  | { readonly choice: LetterQuery; readonly count: number }

/** With a reason, also what the API would leave as it is. */
export interface RetryWish {
  readonly target: Target
  readonly reason: string | null
  /** Vendors' orders are mapped anew, instead of sent as they were mapped. */
  readonly remap?: boolean
}

const MOST = 10_000
const PAGE = 500
/** The API retries ten a second: after so many it says how far it is. */
const AT_ONCE = 20
const MOST_ASKED = 100
const ASK_EVERY_MS = 1_500

const [runs, setRuns] = createSignal<readonly RetryRun[]>([])

export { runs }

export function dismiss(name: string): void {
  setRuns((all) => all.filter((one) => one.name !== name))
}

const known = (name: string) => runs().find((one) => one.name === name)

/** False: it was dismissed, and is not followed any more. */
function note(name: string, change: (run: RetryRun) => Partial<RetryRun>): boolean {
  if (known(name) === undefined) return false
  setRuns((all) => all.map((one) => (one.name === name ? { ...one, ...change(one) } : one)))
  return true
}

/** Retries, and follows until none of them is being retried. `name`: what it is of; one at a time has it. */
export async function startRetry(name: string, { target, reason, remap = false }: RetryWish): Promise<void> {
  const state = known(name)?.state
  if (state !== undefined && state !== 'ended') return
  const nothing = { sent: 0, resolved: 0, failedAgain: 0, refused: [], error: null }
  dismiss(name)
  setRuns((all) => [...all, { ...nothing, name, remap, total: 0, state: 'finding' }])
  try {
    const ids = await idsOf(target)
    note(name, () => ({ total: ids.length, state: 'sending' }))
    const following = new Set<string>()
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const body = { ids: ids.slice(from, from + AT_ONCE), remap, ...(reason === null ? {} : { force: true, reason }) }
      const { done, skipped } = await ask<ManyDone>('/v1/dead-letters/retry', { method: 'POST', body })
      for (const id of done) following.add(id)
      const change = (run: RetryRun) => ({ sent: run.sent + done.length, refused: [...run.refused, ...skipped] })
      if (!note(name, change)) return await reloadLetters()
      await settle(name, following)
    }
    if (note(name, () => ({ state: 'watching' }))) await follow(name, following)
  } catch (error) {
    note(name, () => ({ error }))
  }
  note(name, () => ({ state: 'ended' }))
  await reloadLetters()
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function idsOf(target: Target): Promise<readonly string[]> {
  if ('id' in target) return [target.id]
  if ('ids' in target) return target.ids
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const query = queryText({ ...target.choice, cursor, limit: PAGE })
    const page: Page<ListedLetter> = await ask<Page<ListedLetter>>(`/v1/dead-letters${query}`)
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== null && ids.length < MOST)
  return ids
}

async function follow(name: string, following: Set<string>): Promise<void> {
  for (;;) {
    await settle(name, following)
    if (following.size === 0 || known(name) === undefined) return
    await pause(ASK_EVERY_MS)
  }
}

/** Looks at some of those that are followed; those that are over are followed no more. */
async function settle(name: string, following: Set<string>): Promise<void> {
  const asked = [...following].slice(0, MOST_ASKED)
  if (asked.length === 0) return
  const query = queryText({ ids: asked.join(','), limit: MOST_ASKED })
  const { items } = await ask<Page<ListedLetter>>(`/v1/dead-letters${query}`)
  const seen = new Map(items.map((one) => [one.id, one.state]))
  let [resolved, failed] = [0, 0]
  for (const id of asked) {
    const state = seen.get(id)
    following.delete(id)
    // It is looked at again after the others.
    if (state === 'retrying') following.add(id)
    else if (state === 'open') failed += 1
    else resolved += 1
  }
  note(name, (run) => ({ resolved: run.resolved + resolved, failedAgain: run.failedAgain + failed }))
  if (resolved + failed > 0) await reloadLetters()
}

/** What is shown of dead letters, and what follows from them, is asked for again. */
export async function reloadLetters(): Promise<void> {
  const keys = ['dead-letters', 'dead-letter', 'dead-letter-groups', 'dead-letter-preview', 'dead-letter-money']
  await Promise.all([...keys, 'status', 'order'].map((key) => client.invalidateQueries({ queryKey: [key] })))
}
