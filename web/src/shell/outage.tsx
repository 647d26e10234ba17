import type { Query } from '@tanstack/solid-query'
import { createEffect, createMemo, createSignal, type JSX, on, onCleanup, Show } from 'solid-js'
import { isOutage } from '../api/outage.ts'
import { client } from '../api/queries.ts'
import { Icon } from '../parts/icons.tsx'
import { Ago } from '../parts/when.tsx'
import { texts } from '../texts.ts'

const AGAIN_MS = 5_000

interface Missed {
  readonly message: string
  /** Age of the shown data; null: nothing is shown yet. */
  readonly since: number | null
}

const unanswered = {
  type: 'active',
  predicate: ({ state }: Query) => state.status === 'error' && isOutage(state.error),
} as const

/** Queries on the page that the API did not answer at the last attempt. */
const missed = (): readonly Missed[] =>
  client
    .getQueryCache()
    .findAll(unanswered)
    .map(({ state: { error, data, dataUpdatedAt } }) => ({
      message: error?.message ?? '',
      since: data === undefined ? null : dataUpdatedAt,
    }))

const askAgain = () => client.refetchQueries(unanswered)

/** Says that the API does not answer while the page shows old data, and retries until it does. */
export function Outage(): JSX.Element {
  const [all, setAll] = createSignal<readonly Missed[]>([])
  onCleanup(client.getQueryCache().subscribe(() => setAll(missed())))
  const isOut = createMemo(() => all().length > 0)
  const shown = createMemo(() =>
    all()
      .flatMap(({ message, since }) => (since === null ? [] : [{ message, since }]))
      .toSorted((a, b) => a.since - b.since),
  )
  createEffect(
    on(
      isOut,
      (out) => {
        // Anything may have changed meanwhile.
        if (!out) return void client.invalidateQueries()
        const timer = setInterval(() => {
          if (document.visibilityState === 'visible') void askAgain()
        }, AGAIN_MS)
        onCleanup(() => clearInterval(timer))
      },
      { defer: true },
    ),
  )
  return (
    <Show when={shown()[0]}>
      {(oldest) => (
        <div class="note outage" data-tone="bad" role="alert">
          <Icon name="problems" />
          <div>
            <strong>{texts.problem.stale}</strong>
            <p>
              {oldest().message} {texts.problem.lastAnswer} <Ago at={new Date(oldest().since).toISOString()} />.
            </p>
          </div>
          <button type="button" class="button" onClick={() => void askAgain()}>
            {texts.problem.again}
          </button>
        </div>
      )}
    </Show>
  )
}
