import { A, useSearchParams } from '@solidjs/router'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import { ApiProblem } from '../api/ask.ts'
import { orderStateText, stateText } from '../format.ts'
import { texts } from '../texts.ts'
import { createCopying } from './copying.ts'
import { Icon, type IconName } from './icons.tsx'

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'idle'

const tones: Readonly<Record<string, Tone>> = {
  succeeded: 'good',
  resolved: 'good',
  new: 'idle',
  published: 'idle',
  processing: 'info',
  retrying: 'info',
  waiting: 'warn',
  failed: 'bad',
  incomplete: 'bad',
  completed: 'good',
  ended: 'good',
  running: 'info',
  open: 'bad',
  blocked: 'warn',
  building: 'info',
  ready: 'warn',
  switched: 'good',
}

export function toneOf(state: string): Tone {
  return tones[state] ?? 'idle'
}

/** A state as a colored word; the word alone is enough. */
export function StateBadge(props: { readonly state: string }): JSX.Element {
  return <Badge tone={toneOf(props.state)}>{stateText(props.state)}</Badge>
}

/** The same for an order at a vendor. */
export function OrderBadge(props: { readonly status: string; readonly code: string | null }): JSX.Element {
  const isDone = () => props.status === 'ignored' && (props.code === 'delivered' || props.code === 'returned')
  return <Badge tone={isDone() ? 'good' : toneOf(props.status)}>{orderStateText(props.status, props.code)}</Badge>
}

export function Badge(props: { readonly tone: Tone; readonly children: JSX.Element }): JSX.Element {
  return (
    <span class="badge" data-tone={props.tone}>
      <span class="dot" aria-hidden="true" />
      {props.children}
    </span>
  )
}

/** Head of a page: its place, its name, and its actions. */
export function PageHead(props: {
  readonly title: string
  readonly lead?: JSX.Element
  readonly back?: { readonly href: string; readonly text: string }
  readonly beside?: JSX.Element
  readonly actions?: JSX.Element
}): JSX.Element {
  return (
    <header class="page-head">
      <Show when={props.back}>
        {(back) => (
          <A href={back().href} class="back">
            <Icon name="left" size={14} />
            {back().text}
          </A>
        )}
      </Show>
      <div class="page-title">
        <h1 tabindex="-1">{props.title}</h1>
        {props.beside}
        <div class="page-actions">{props.actions}</div>
      </div>
      <Show when={props.lead}>
        <p class="soft">{props.lead}</p>
      </Show>
    </header>
  )
}

/** Empty state: why, and what to do next. */
export function Empty(props: {
  readonly icon: IconName
  readonly title: string
  readonly lead: string
  readonly children?: JSX.Element
}): JSX.Element {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={props.icon} size={20} />
      </span>
      <h2>{props.title}</h2>
      <p class="soft">{props.lead}</p>
      {props.children}
    </div>
  )
}

/** Address parameters of a place in a list; without them it starts at the beginning. */
const firstPage = { cursor: null, after: null, held: null }

/** An error and how to continue; an expired place in a list can't be retried, so it links to the first page. */
export function ProblemNote(props: {
  readonly error: unknown
  readonly title?: string
  readonly again?: () => void
}): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const problem = () => (props.error instanceof ApiProblem ? props.error : null)
  const isLostPlace = () =>
    /^cursor_(invalid|expired)$/.test(problem()?.code ?? '') &&
    Object.keys(firstPage).some((name) => search[name] !== undefined)
  /** Retrying with the same key never helps. */
  const isForbidden = () => problem()?.code === 'forbidden'
  const way = () => {
    if (problem()?.code === 'unreachable') return texts.problem.unreachableWay
    return isForbidden() ? texts.problem.forbidden : null
  }
  const title = () => {
    if (props.title !== undefined) return props.title
    if (props.again === undefined) return texts.problem.notDone
    return isForbidden() ? texts.problem.notSeen : texts.problem.title
  }
  return (
    <div class="note" data-tone={isForbidden() ? 'warn' : 'bad'} role="alert">
      <Icon name="problems" />
      <div>
        <strong>{title()}</strong>
        <p>{problem()?.message ?? String(props.error)}</p>
        <Show when={way()}>{(text) => <p class="soft">{text()}</p>}</Show>
      </div>
      <Switch>
        <Match when={isLostPlace()}>
          <button type="button" class="button" onClick={() => setSearch(firstPage)}>
            {texts.problem.firstPage}
          </button>
        </Match>
        <Match when={!isForbidden() && props.again}>
          {(again) => (
            <button type="button" class="button" onClick={() => again()()}>
              {texts.problem.again}
            </button>
          )}
        </Match>
      </Switch>
    </div>
  )
}

/** Grey lines as a placeholder while something loads. */
export function Skeleton(props: { readonly lines?: number; readonly tall?: boolean }): JSX.Element {
  return (
    <div class="skeleton" classList={{ tall: props.tall ?? false }} aria-busy="true">
      <span class="unseen" role="status">
        {texts.live.waiting}
      </span>
      <For each={Array.from({ length: props.lines ?? 4 })}>{() => <span class="skeleton-line" />}</For>
    </div>
  )
}

/** A short list of names and values. */
export function Facts(props: { readonly children: JSX.Element }): JSX.Element {
  return <dl class="facts">{props.children}</dl>
}

/** `wide`: its value is a sentence. */
export function Fact(props: {
  readonly name: string
  readonly wide?: boolean
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <div classList={{ 'fact-wide': props.wide ?? false }}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

const COPIED_MS = 1_500
/** Long enough to read. */
const SELECTED_MS = 6_000

/** A text to copy: a command, an id. */
export function Copyable(props: { readonly text: string }): JSX.Element {
  const { state, ref, reset, ...copying } = createCopying(() => props.text)
  const copy = async () => {
    await copying.copy()
    setTimeout(reset, state() === 'copied' ? COPIED_MS : SELECTED_MS)
  }
  return (
    <span class="copyable">
      <code ref={ref} class="clip" title={props.text}>
        {props.text}
      </code>
      <button type="button" class="icon-button" aria-label={`${texts.copy.label}: ${props.text}`} onClick={copy}>
        <Icon name={state() === 'copied' ? 'check' : 'copy'} size={14} />
      </button>
      <span class={state() === 'selected' ? 'soft' : 'unseen'} role="status">
        {state() === 'shown' ? '' : state() === 'copied' ? texts.copy.done : texts.copy.select}
      </span>
    </span>
  )
}

/** An event as indented JSON. */
export function JsonView(props: { readonly value: unknown }): JSX.Element {
  return (
    <pre class="json" tabindex="0">
      {JSON.stringify(props.value, null, 2)}
    </pre>
  )
}
