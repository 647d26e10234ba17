import './holds.css'
import { useMutation } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { ask } from '../../api/ask.ts'
import { client } from '../../api/queries.ts'
import { useMay } from '../../may.ts'
import { Icon } from '../../parts/icons.tsx'
import { notify } from '../../parts/notices.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'
import { pausePath } from './pause-path.ts'

const words = texts.holds

/** A pause as `GET /v1/pauses` and the status return it. */
export interface Held {
  readonly stage: string
  readonly connection: string
  readonly message: string
  readonly since: string
  readonly until: string | null
}

/** Why something is held, since when and until when, and the button that ends it. */
export function HeldLine(props: { readonly held: Held; readonly what: string }): JSX.Element {
  return (
    <div class="held-line">
      <Icon name="pause" size={14} />
      <p>
        <strong>{props.what}</strong>
        <span>{props.held.message}</span>
        <span class="soft">
          <Show when={props.held.until} fallback={words.open}>
            {(until) => (
              <>
                {words.until} <Time at={until()} />
              </>
            )}
          </Show>
          {' · '}
          {words.since} <Ago at={props.held.since} />
        </span>
      </p>
      <Resume held={props.held} what={props.what} />
    </div>
  )
}

function Resume(props: { readonly held: Held; readonly what: string }): JSX.Element {
  const may = useMay()
  const resume = useMutation(() => ({
    mutationFn: () => ask<unknown>(`${pausePath(props.held)}/resume`, { method: 'POST' }),
    onSuccess: async () => {
      notify(words.resumed(props.what))
      await Promise.all(
        ['pauses', 'status', 'reads', 'parked'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      )
    },
    onError: (error: Error) => notify(error.message, 'bad'),
  }))
  return (
    <button
      type="button"
      class="button small"
      disabled={resume.isPending || !may('operate')}
      title={may('operate') ? undefined : texts.actions.mayNot}
      aria-label={`${words.resume}: ${props.what}`}
      onClick={() => resume.mutate()}
    >
      {words.resume}
    </button>
  )
}
