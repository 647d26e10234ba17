import { A } from '@solidjs/router'
import { For, type JSX, Match, Switch } from 'solid-js'
import { texts } from '../texts.ts'
import { Icon, type IconName } from './icons.tsx'
import { ProblemNote } from './parts.tsx'

/** A search field and its button. */
export function FinderForm(props: {
  readonly name: string
  readonly hint: string
  readonly value: string
  readonly onInput: (text: string) => void
  /** The text without surrounding spaces. */
  readonly onFind: (text: string) => void
  readonly isSearching: boolean
  readonly type?: 'search' | 'email'
  readonly class?: string
  /** Choices in front of the field. */
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

/** Result of a search in several places; if there is only one, the page opens it. */
interface Found {
  readonly isError: boolean
  readonly error: unknown
  /** Undefined: not searched, or not finished. */
  readonly data: readonly string[] | undefined
  readonly variables: string | undefined
}

/** Says that something was not found, or links to the places if there are several. */
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
