import { For, type JSX } from 'solid-js'
import type { LetterState } from '../../api/answers.ts'
import { queryText } from '../../api/ask.ts'
import { stateText } from '../../format.ts'
import { texts } from '../../texts.ts'
import { states } from './letter-states.ts'

interface Tab {
  readonly href: string
  readonly text: string
  readonly isCurrent: boolean
}

/** Tabs for states, as links: each has its own address. */
function Tabs(props: { readonly tabs: readonly Tab[] }): JSX.Element {
  return (
    <nav class="tabs" aria-label={texts.problems.stateLabel}>
      <For each={props.tabs}>
        {(tab) => (
          <a href={tab.href} class="tab" aria-current={tab.isCurrent ? 'page' : undefined}>
            {tab.text}
          </a>
        )}
      </For>
    </nav>
  )
}

/** States of the records of one group. */
export function GroupTabs(props: { readonly group: string; readonly current: LetterState }): JSX.Element {
  return <Tabs tabs={tabsOf(`/problems/${props.group}`, props.current, {})} />
}

/** States of all dead letters, and the waiting records. */
export function ProblemTabs(props: {
  readonly current: LetterState | 'waiting'
  readonly keep: { readonly connection: string | undefined; readonly key?: string | undefined }
}): JSX.Element {
  const waiting = (): Tab => ({
    href: `/problems/waiting${queryText({ connection: props.keep.connection })}`,
    text: texts.waiting.tab,
    isCurrent: props.current === 'waiting',
  })
  return <Tabs tabs={[...tabsOf('/problems', props.current, props.keep), waiting()]} />
}

function tabsOf(
  path: string,
  current: LetterState | 'waiting',
  keep: Readonly<Record<string, string | undefined>>,
): readonly Tab[] {
  return states.map((one) => ({
    href: `${path}${queryText({ state: one === 'open' ? undefined : one, ...keep })}`,
    text: stateText(one),
    isCurrent: one === current,
  }))
}
