import { type JSX, Show } from 'solid-js'
import { isLive } from '../api/live-state.ts'
import { now } from '../clock.ts'
import { ageText } from '../format.ts'
import { texts } from '../texts.ts'

/** After this time without an answer the figures are marked as old. */
const STALE_MS = 20_000

/** Says that changes are shown as they happen, or how old the figures are. */
export function Live(props: { readonly at: number }): JSX.Element {
  const age = () => Math.max(0, now() - props.at)
  const isStale = () => !isLive() && age() > STALE_MS
  const updated = () => texts.live.updated(texts.overview.ago(ageText(age() / 1000)))
  return (
    <Show when={props.at > 0}>
      <span class="live" data-stale={isStale()} title={isLive() ? `${texts.live.liveLead} · ${updated()}` : undefined}>
        <span class="dot" aria-hidden="true" />
        <Show when={!isLive()} fallback={texts.live.live}>
          {isStale() ? `${texts.live.stale} · ` : ''}
          {updated()}
        </Show>
      </span>
    </Show>
  )
}
