import { createEffect, createSignal, For, type JSX, onCleanup, Show } from 'solid-js'
import { nextTask } from './next-task.ts'

/** Rows that are expensive to draw: each in its own task, so that input is handled in between. */
export function InTasks<T>(props: {
  readonly rows: readonly T[]
  /** Placeholder for the rows still to come. */
  readonly place: () => JSX.Element
  readonly children: (row: T) => JSX.Element
}): JSX.Element {
  const [drawn, setDrawn] = createSignal(0)
  let isGone = false
  let isDrawing = false
  onCleanup(() => {
    isGone = true
  })
  const draw = async () => {
    isDrawing = true
    while (!isGone && drawn() < props.rows.length) {
      await nextTask()
      if (!isGone) setDrawn((count) => count + 1)
    }
    isDrawing = false
  }
  createEffect(() => {
    if (drawn() < props.rows.length && !isDrawing) void draw()
  })
  return (
    <For each={props.rows}>
      {(row, index) => (
        <Show when={index() < drawn()} fallback={props.place()}>
          {props.children(row)}
        </Show>
      )}
    </For>
  )
}
