import { createMemo, For, type JSX, Show } from 'solid-js'
import { texts } from '../../texts.ts'
import { diffLines } from './line-diff.ts'

const signs = { same: ' ', gone: '−', new: '+' } as const

/** Compares two documents as YAML, line by line. */
export function Diff(props: { readonly before: string; readonly after: string }): JSX.Element {
  const lines = createMemo(() => diffLines(props.before, props.after))
  return (
    <Show when={lines().length > 0} fallback={<p class="soft diff-none">{texts.document.noDiff}</p>}>
      <pre class="diff" tabindex="0">
        <For each={lines()}>
          {(line) => (
            <Show when={line} fallback={<span class="diff-gap">⋯</span>}>
              {(shown) => (
                <span class="diff-line" data-kind={shown().kind}>
                  {signs[shown().kind]} {shown().text}
                </span>
              )}
            </Show>
          )}
        </For>
      </pre>
    </Show>
  )
}
