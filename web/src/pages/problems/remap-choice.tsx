import './problems.css'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import { verdictQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { FieldChanges } from '../../parts/field-changes.tsx'
import { ProblemNote, Skeleton } from '../../parts/parts.tsx'
import { texts } from '../../texts.ts'

const words = texts.remap

/** Choice between sending the earlier mapping result and mapping again. */
export function RemapChoice(props: {
  readonly remap: boolean
  readonly onChange: (remap: boolean) => void
}): JSX.Element {
  return (
    <>
      <fieldset class="remap-choice">
        <legend class="unseen">{words.label}</legend>
        <For each={[false, true]}>
          {(remap) => (
            <label>
              <input type="radio" name="remap" checked={props.remap === remap} onChange={() => props.onChange(remap)} />
              <span>
                <strong>{remap ? words.anew : words.asItWas}</strong>
                <span class="soft">{remap ? words.anewLead : words.asItWasLead}</span>
              </span>
            </label>
          )}
        </For>
      </fieldset>
      <p class="soft">{words.never}</p>
    </>
  )
}

/** What the current order map changes in one order that was mapped before. */
export function Anew(props: { readonly id: string }): JSX.Element {
  const verdict = useQuery(() => verdictQuery(props.id, true))
  return (
    <section class="remap-preview" aria-label={words.preview} aria-live="polite">
      <Switch>
        <Match when={verdict.isSuccess && verdict.data}>
          {(told) => (
            <>
              <p class="soft">
                {told().changes === null ? words.impossible : words.changes(told().changes?.length ?? 0)}
              </p>
              <For each={told().errors}>{(error) => <p class="bad">{error.message}</p>}</For>
              <Show when={told().changes}>{(changes) => <FieldChanges changes={changes()} />}</Show>
            </>
          )}
        </Match>
        <Match when={verdict.isError}>
          <ProblemNote error={verdict.error} again={() => void verdict.refetch()} />
        </Match>
        <Match when={verdict.isPending}>
          <Skeleton lines={2} />
        </Match>
      </Switch>
    </section>
  )
}
