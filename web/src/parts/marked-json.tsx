import { createEffect, createMemo, For, type JSX } from 'solid-js'
import { jsonLines, pathOfField } from '../marked-field.ts'

/** An event as indented JSON; the field that a failure names is marked and scrolled into view. */
export function MarkedJson(props: { readonly value: unknown; readonly field: string | null }): JSX.Element {
  let element: HTMLPreElement | undefined
  const lines = createMemo(() => jsonLines(props.value, pathOfField(props.value, props.field)))
  const first = createMemo(() => lines().findIndex(({ isMarked }) => isMarked))
  createEffect(() => {
    const count = lines().length
    if (element !== undefined && first() > 0) {
      element.scrollTop = (element.scrollHeight * first()) / count - element.clientHeight / 2
    }
  })
  return (
    <pre ref={element} class="json" tabindex="0">
      <For each={lines()}>{(line) => (line.isMarked ? <MarkedLine text={line.text} /> : `${line.text}\n`)}</For>
    </pre>
  )
}

/** Marks the text only, not the indentation. */
function MarkedLine(props: { readonly text: string }): JSX.Element {
  const content = () => props.text.trimStart()
  return (
    <>
      {props.text.slice(0, props.text.length - content().length)}
      <mark>{content()}</mark>
      {'\n'}
    </>
  )
}
