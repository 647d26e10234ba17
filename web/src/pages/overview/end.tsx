import { For, type JSX, Show } from 'solid-js'
import type { CallUse, ConnectionStatus } from '../../api/answers.ts'
import { now } from '../../clock.ts'
import { ageText, countText } from '../../format.ts'
import { Icon } from '../../parts/icons.tsx'
import { texts } from '../../texts.ts'

/** The shop or the vendor of a lane: whether it answers, and how many of its calls are in use. */
export function End(props: {
  readonly icon: 'shop' | 'vendor'
  readonly role: string
  readonly name: string
  readonly of: ConnectionStatus
}): JSX.Element {
  const end = () => props.of.ends.find(({ system }) => system === props.name)
  return (
    <div class="end" data-end={props.icon}>
      <Icon name={props.icon} size={18} />
      <span class="faint">{props.role}</span>
      <strong title={props.name}>{props.name}</strong>
      <Show when={end()?.circuit}>
        {(circuit) => (
          <span class="end-state bad number">
            {texts.overview.silent(ageText((now() - Date.parse(circuit().since)) / 1000))}
          </span>
        )}
      </Show>
      <For each={(end()?.calls ?? []).filter(isShown)}>{(use) => <Calls of={use} />}</For>
    </div>
  )
}

/** A part of a system with its own limits is shown while it is being called. */
function isShown({ part, in_use, waiting, left_alone_until: until }: CallUse): boolean {
  return part === null || in_use > 0 || waiting > 0 || until !== null
}

function Calls(props: { readonly of: CallUse }): JSX.Element {
  const calls = () => {
    const own = texts.overview.calls(countText(props.of.in_use), countText(props.of.at_once))
    return props.of.part === null ? own : texts.overview.callsOf(props.of.part, own)
  }
  const ofMinute = () => {
    const { minute } = props.of
    return minute === null ? undefined : texts.overview.ofMinute(countText(minute.calls), countText(minute.most))
  }
  const aloneFor = () => {
    const until = props.of.left_alone_until
    const ms = until === null ? 0 : Date.parse(until) - now()
    return ms > 0 ? texts.overview.leftAlone(ageText(ms / 1000)) : null
  }
  return (
    <>
      <span class="end-calls faint number" title={ofMinute()}>
        {calls()}
      </span>
      <Show when={props.of.waiting > 0}>
        <span class="end-state warn number">{texts.overview.callsWait(countText(props.of.waiting))}</span>
      </Show>
      <Show when={aloneFor()}>{(text) => <span class="end-state warn number">{text()}</span>}</Show>
    </>
  )
}
