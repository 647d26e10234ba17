import { type JSX, Show } from 'solid-js'
import { Icon } from '../../parts/icons.tsx'
import { Fact } from '../../parts/parts.tsx'
import { Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

/** Why a replay or a rebuild failed or is blocked; empty if neither. */
export function JobError(props: {
  readonly error: { readonly code: string; readonly message: string } | null
  readonly tone: 'warn' | 'bad'
}): JSX.Element {
  return (
    <Show when={props.error}>
      {(error) => (
        <div class="note" data-tone={props.tone}>
          <Icon name="problems" />
          <div>
            <strong>{error().code}</strong>
            <p>{error().message}</p>
          </div>
        </div>
      )}
    </Show>
  )
}

/** A time of a replay or a rebuild; empty if it has not come yet. */
export function JobTime(props: { readonly name: string; readonly at: string | null | undefined }): JSX.Element {
  return (
    <Show when={props.at}>
      {(at) => (
        <Fact name={props.name}>
          <Time at={at()} />
        </Fact>
      )}
    </Show>
  )
}

/** Why somebody requested it. */
export function JobReason(props: { readonly reason: string | null }): JSX.Element {
  return (
    <Show when={props.reason}>
      {(reason) => (
        <Fact name={texts.actions.reason} wide>
          {reason()}
        </Fact>
      )}
    </Show>
  )
}
