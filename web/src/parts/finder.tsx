import { A } from '@solidjs/router'
import { For, type JSX, Match, Switch } from 'solid-js'
import { texts } from '../texts.ts'
import { Icon, type IconName } from './icons.tsx'
import { ProblemNote } from './parts.tsx'

/** A field in which something is looked for, and the button that looks for it. */
export function FinderForm(props: {
  readonly name: string
  readonly hint: string
  readonly value: string
  readonly onInput: (text: string) => void
  /** The text without spaces around it. */
  readonly onFind: (text: string) => void
  readonly isSearching: boolean
  readonly type?: 'search' | 'email'
  readonly class?: string
  /** What is chosen before. */
  readonly children?: JSX.Element
}): JSX.Element {
  return (
    <form
      class={`finder ${props.class ?? ''}`}
      onSubmit={(event) => {
        event.preventDefault()
        props.onFind(props.value.trim())
      }}
    >
      {props.children}
      <label class="search">
        <span class="unseen">{props.name}</span>
        <Icon name="search" size={14} />
        <input
          type={props.type ?? 'search'}
          autocomplete="off"
          class="input"
          placeholder={props.hint}
          required
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary" disabled={props.isSearching}>
        {props.isSearching ? texts.finder.searching : texts.finder.submit}
      </button>
    </form>
  )
}

/** What came of looking everywhere; where it is in one place alone, the page goes there. */
interface Found {
  readonly isError: boolean
  readonly error: unknown
  /** Undefined: not looked for, or not done. */
  readonly data: readonly string[] | undefined
  readonly variables: string | undefined
}

/** That something is nowhere, or where to go when it is in several places. */
export function FoundPlaces(props: {
  readonly found: Found
  readonly icon: IconName
  readonly pathOf: (place: string, text: string) => string
  readonly words: {
    readonly notFound: (text: string) => string
    readonly notFoundWay: string
    readonly several: (text: string) => string
  }
}): JSX.Element {
  const text = () => props.found.variables ?? ''
  return (
    <div class="finder-result" aria-live="polite">
      <Switch>
        <Match when={props.found.isError}>
          <ProblemNote error={props.found.error} />
        </Match>
        <Match when={props.found.data?.length === 0}>
          <div class="note" data-tone="warn">
            <Icon name="search" />
            <div>
              <strong>{props.words.notFound(text())}</strong>
              <p class="soft">{props.words.notFoundWay}</p>
            </div>
          </div>
        </Match>
        <Match when={(props.found.data?.length ?? 0) > 1 && props.found.data}>
          {(places) => (
            <>
              <p>{props.words.several(text())}</p>
              <div class="filters">
                <For each={places()}>
                  {(place) => (
                    <A href={props.pathOf(place, text())} class="button">
                      <Icon name={props.icon} size={14} />
                      {place}
                    </A>
                  )}
                </For>
              </div>
            </>
          )}
        </Match>
      </Switch>
    </div>
  )
}
