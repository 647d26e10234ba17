import { createEffect, createRoot, createSignal, on } from 'solid-js'
import type { ListedLetter, ManyDone, Page } from '../../api/answers.ts'
import { ask, queryText } from '../../api/ask.ts'
import { isOutage } from '../../api/outage.ts'
import { client } from '../../api/queries.ts'
import { key } from '../../session.ts'
import { keepRetries, keptRetries } from './kept-retries.ts'
import { newRun, type RetryRun, type RetryWish, type Target, type Wanted } from './retry-run.ts'

const MOST = 10_000
const PAGE = 500
/** The API retries ten per second: with this many per request, progress is shown regularly. */
const AT_ONCE = 20
/** Longer than the API takes for such a request: what is not done by then will not be done. */
const ASKED_WITHIN_MS = 3_000
const MOST_ASKED = 100
const ASK_EVERY_MS = 1_500

const [runs, setRuns] = createSignal(keptRetries())

export { runs }

function change(next: (all: readonly RetryRun[]) => readonly RetryRun[]): void {
  keepRetries(setRuns(next))
}

export function dismiss(name: string): void {
  change((all) => all.filter((one) => one.name !== name))
}

/** Identifies a run: after a dismissed run another may have its name. */
type Run = Pick<RetryRun, 'name' | 'begun'>

const isSame = (a: Run, b: Run) => a.name === b.name && a.begun === b.begun
const known = (run: Run) => runs().find((one) => isSame(one, run))

/** A dismissed run is not updated any more. */
function note(run: Run, changed: (run: RetryRun) => Partial<RetryRun>): void {
  if (known(run) === undefined) return
  change((all) => all.map((one) => (isSame(one, run) ? { ...one, ...changed(one) } : one)))
}

/**
 * Retries records and follows them until none is retrying. `name`: what it retries; only one run per name at a time.
 */
export async function startRetry(name: string, wish: RetryWish): Promise<void> {
  if (runs().some((one) => one.name === name && one.state !== 'ended')) return
  const run = newRun(name, wish)
  change((all) => [...all.filter((one) => one.name !== name), run])
  await drive(run)
}

/** Drives a run to its end from its current state. Waits while the API does not answer. */
async function drive(run: Run): Promise<void> {
  for (let goesOn = true; goesOn; ) {
    try {
      await find(run)
      await send(run)
      await watch(run)
      goesOn = false
    } catch (error) {
      note(run, () => ({ error }))
      goesOn = isOutage(error)
      if (goesOn) await pause(ASK_EVERY_MS)
    }
  }
  note(run, () => ({ state: 'ended' }))
  await reloadLetters()
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function find(run: Run): Promise<void> {
  const found = known(run)
  if (found?.state !== 'finding') return
  const left = await wantedBy(found.target)
  note(run, () => ({ total: left.length, left, state: 'sending', error: null }))
}

async function wantedBy(target: Target): Promise<readonly Wanted[]> {
  if ('choice' in target) {
    const wanted: Wanted[] = []
    let cursor: string | null = null
    do {
      const page: Page<ListedLetter> = await letters({ ...target.choice, cursor, limit: PAGE })
      wanted.push(...page.items.map(({ id, retries }) => ({ id, retries })))
      cursor = page.cursor
    } while (cursor !== null && wanted.length < MOST)
    return wanted
  }
  const ids = 'id' in target ? [target.id] : target.ids
  const seen = await lettersOf(ids)
  return ids.map((id) => ({ id, retries: seen.get(id)?.retries ?? 0 }))
}

const letters = (query: Parameters<typeof queryText>[0]) =>
  ask<Page<ListedLetter>>(`/v1/dead-letters${queryText(query)}`)

/** Dead letters by id; unknown ids are left out. */
async function lettersOf(ids: readonly string[]): Promise<ReadonlyMap<string, ListedLetter>> {
  const found = new Map<string, ListedLetter>()
  for (let from = 0; from < ids.length; from += MOST_ASKED) {
    const asked = ids.slice(from, from + MOST_ASKED)
    const { items } = await letters({ ids: asked.join(','), limit: MOST_ASKED })
    for (const one of items) found.set(one.id, one)
  }
  return found
}

async function send(run: Run): Promise<void> {
  await takeBack(run)
  for (;;) {
    const now = known(run)
    if (now === undefined || now.left.length === 0) break
    const asking = now.left.slice(0, AT_ONCE)
    note(run, ({ left }) => ({ asking, left: left.slice(AT_ONCE) }))
    const { remap, reason } = now
    const forced = reason === null ? {} : { force: true, reason }
    const body = { ids: asking.map(({ id }) => id), remap, ...forced }
    const { done, skipped } = await ask<ManyDone>('/v1/dead-letters/retry', { method: 'POST', body })
    note(run, ({ sent, following, refused }) => ({
      asking: [],
      following: [...following, ...done],
      sent: sent + done.length,
      refused: [...refused, ...skipped],
      error: null,
    }))
    await settle(run)
  }
  note(run, () => ({ state: 'watching' }))
}

/** A request that was running when the page or the API went away may be done in part: requests the rest again. */
async function takeBack(run: Run): Promise<void> {
  const asked = known(run)?.asking ?? []
  if (asked.length === 0) return
  await pause(ASKED_WITHIN_MS)
  const seen = await lettersOf(asked.map(({ id }) => id))
  const { done = [], undone = [] } = Object.groupBy(asked, ({ id, retries }) =>
    (seen.get(id)?.retries ?? 0) > retries ? 'done' : 'undone',
  )
  note(run, ({ left, following, sent }) => ({
    asking: [],
    left: [...undone, ...left],
    following: [...following, ...done.map(({ id }) => id)],
    sent: sent + done.length,
    error: null,
  }))
}

async function watch(run: Run): Promise<void> {
  for (;;) {
    await settle(run)
    if ((known(run)?.following ?? []).length === 0) return
    await pause(ASK_EVERY_MS)
  }
}

/** Checks some of the followed records; finished ones are no longer followed. */
async function settle(run: Run): Promise<void> {
  const asked = (known(run)?.following ?? []).slice(0, MOST_ASKED)
  if (asked.length === 0) return
  const seen = await lettersOf(asked)
  const isRetried = (id: string) => seen.get(id)?.state === 'retrying'
  const over = asked.filter((id) => !isRetried(id))
  const failed = over.filter((id) => seen.get(id)?.state === 'open').length
  note(run, ({ following, resolved, failedAgain }) => ({
    // Records still being retried are checked again after the others.
    following: [...following.slice(asked.length), ...asked.filter(isRetried)],
    resolved: resolved + over.length - failed,
    failedAgain: failedAgain + failed,
    error: null,
  }))
  if (over.length > 0) await reloadLetters()
}

/** Refetches everything about dead letters. */
export async function reloadLetters(): Promise<void> {
  const keys = ['dead-letters', 'dead-letter', 'dead-letter-groups', 'dead-letter-preview', 'dead-letter-money']
  await Promise.all([...keys, 'status', 'order'].map((key) => client.invalidateQueries({ queryKey: [key] })))
}

// Runs belong to the signed-in key. After a reload they continue.
createRoot(() => createEffect(on(key, () => change(() => []), { defer: true })))
for (const run of runs()) void drive(run)
